package dev.assay.logformat;

/**
 * Something is signed by a key that this cluster's root does not certify, or does not certify for
 * this node, cluster or time.
 */
public final class UntrustedSigner extends Exception {
  private static final long serialVersionUID = 1L;

  public UntrustedSigner(String message) {
    super(message);
  }
}
