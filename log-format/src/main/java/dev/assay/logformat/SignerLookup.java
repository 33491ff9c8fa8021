package dev.assay.logformat;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Knows the signers that a cluster's root certifies, and no other. */
public interface SignerLookup {

  /**
   * The certificate of this fingerprint; null when there is none.
   *
   * @throws UntrustedSigner when there is one that the root does not certify
   * @throws IOException when it can't be told
   */
  @Nullable SignerCertificate find(Sha256 fingerprint) throws IOException, UntrustedSigner;
}
