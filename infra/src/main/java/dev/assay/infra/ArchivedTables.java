package dev.assay.infra;

import dev.assay.logformat.KeySchema;
import dev.assay.referencebuilder.Catalog;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.ReferenceBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions there are and were, as the archive of the metadata partition says. Any thread
 * may call.
 */
final class ArchivedTables {
  private static final KeySchema METADATA_KEYS =
      new KeySchema(
          new KeySchema.Attribute("kind", KeySchema.Type.S),
          new KeySchema.Attribute("row", KeySchema.Type.S));

  private final ReferenceBuilder builder;
  private final String cluster;
  private volatile @Nullable Catalog last;

  /**
   * @param dropped whether its table is no more
   * @param keys what its items' keys are made of
   */
  record Listed(Partition partition, boolean dropped, KeySchema keys) {}

  ArchivedTables(ReferenceBuilder builder, String cluster) {
    this.builder = builder;
    this.cluster = cluster;
  }

  Listed metadata() {
    return new Listed(Partition.metadata(cluster), false, METADATA_KEYS);
  }

  /**
   * The partitions of all tables, without the metadata partition.
   *
   * @param metadata the reference that is asked
   */
  List<Listed> read(Reference metadata) throws IOException {
    Catalog catalog = last;
    if (catalog == null || !catalog.metadata().record().equals(metadata.record())) {
      catalog = Catalog.read(builder, cluster, metadata);
      last = catalog;
    }
    List<Listed> all = new ArrayList<>();
    for (Catalog.Table table : catalog.tables()) {
      for (Partition partition : table.partitions(cluster)) {
        all.add(new Listed(partition, table.dropped(), table.description().keySchema()));
      }
    }
    all.sort(
        Comparator.comparing((Listed each) -> each.partition().table())
            .thenComparing(Listed::dropped)
            .thenComparing(each -> each.partition().tableId())
            .thenComparingInt(each -> each.partition().partition()));
    return all;
  }
}
