package dev.assay.referencebuilder;

import dev.assay.logformat.ReferenceRoot;

/**
 * A reference that is kept.
 *
 * @param record the key of its root's record
 */
public record Reference(String record, ReferenceRoot root) {
  public long lsn() {
    return root.lsn();
  }
}
