package dev.assay.requestrouter;

/** How many bytes the body of a request may have. */
final class BodyLimits {
  /** DynamoDB's limit for any request. */
  static final int ANY_MAX = 16 << 20;

  /**
   * For requests about one item: an item of 400 KB takes up to six times that in JSON, when every
   * character is escaped, and its expressions and their values come on top.
   */
  static final int ONE_ITEM_MAX = 4 << 20;

  private BodyLimits() {}
}
