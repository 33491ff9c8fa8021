package dev.assay.replicastore.store;

import java.io.IOException;
import java.nio.file.Path;

/** Bytes of the store can't be trusted; what was found is kept in the store's folder. */
public final class StoreDamaged extends IOException {
  private static final long serialVersionUID = 1L;
  private final transient Finding finding;

  StoreDamaged(Finding finding, Path kept) {
    super(
        finding
            + "; kept as "
            + kept
            + ": rebuild this replica from another, then remove that file");
    this.finding = finding;
  }

  public Finding finding() {
    return finding;
  }
}
