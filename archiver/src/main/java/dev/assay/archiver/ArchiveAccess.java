package dev.assay.archiver;

import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.SigningKey;
import java.io.IOException;
import java.time.InstantSource;

/**
 * What a node's agents share: the store by its two clients, one that writes and one that reads
 * back, and the keys.
 */
record ArchiveAccess(
    ObjectStore writing,
    ObjectStore reading,
    KeyPublication publication,
    SigningKey key,
    SignerLookup signers,
    InstantSource clock,
    ArchiveEvents events) {

  /** Puts this node's certificate where verifiers look for it, unless that was done. */
  @FunctionalInterface
  interface KeyPublication {
    void ensure() throws IOException;
  }
}
