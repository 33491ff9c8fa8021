package dev.assay.referencebuilder;

import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.tree.DigestSuite;
import java.util.UUID;

/**
 * A partition whose log is archived.
 *
 * @param suite by which its state is digested
 * @param seed the table's, which is secret
 */
public record Partition(
    String cluster, String table, UUID tableId, int partition, DigestSuite suite, long seed) {

  /** The metadata partition, from which all others are known. */
  public static Partition metadata(String cluster) {
    return new Partition(
        cluster,
        ArchivePaths.METADATA_TABLE,
        ArchivePaths.METADATA_TABLE_ID,
        0,
        DigestSuite.XXH3_128,
        0);
  }

  String wal() {
    return ArchivePaths.wal(cluster, table, tableId, partition);
  }

  String reference() {
    return ArchivePaths.reference(cluster, table, tableId, partition);
  }

  /** As people write it; the seed stays out of sight. */
  @Override
  public String toString() {
    return table + "/" + partition;
  }
}
