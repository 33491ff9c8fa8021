package dev.assay.logformat;

import org.jspecify.annotations.Nullable;

/** Which attributes make an item's key. */
public record KeySchema(Attribute partitionKey, @Nullable Attribute sortKey) {

  public record Attribute(String name, Type type) {}

  /** The three types that a key may have, by DynamoDB's letter. */
  public enum Type {
    S,
    N,
    B
  }
}
