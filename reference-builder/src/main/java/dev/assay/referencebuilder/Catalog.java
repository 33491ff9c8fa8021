package dev.assay.referencebuilder;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.logformat.TableDescription;
import dev.assay.logformat.TableDescriptionCodec;
import dev.assay.logformat.Value;
import dev.assay.logformat.Value.Text;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.TreeCursor;
import dev.assay.logformat.tree.TreeItem;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables of a cluster, as the archive of its metadata partition says: nothing else is asked.
 *
 * @param metadata the reference of the metadata partition that says so
 * @param tables those that are there, and those that were dropped
 */
public record Catalog(Reference metadata, List<Table> tables) {
  private static final String KIND = "kind";
  private static final String ROW = "row";
  private static final Value TABLE = new Text("table");
  private static final Value DROPPED = new Text("dropped");
  private static final Value SIGNER = new Text("signer");

  public Catalog {
    tables = List.copyOf(tables);
  }

  /** A table that is there, or was. */
  public record Table(TableDescription description, boolean dropped) {
    /** Its partitions, which are archived under the cluster's name. */
    public List<Partition> partitions(String cluster) {
      return description.partitions().stream()
          .map(
              each ->
                  new Partition(
                      cluster,
                      description.name(),
                      description.id(),
                      each.number(),
                      DigestSuite.XXH3_128,
                      description.seed()))
          .toList();
    }
  }

  /** Reads the tables out of a reference of the metadata partition. */
  public static Catalog read(ReferenceBuilder builder, String cluster, Reference metadata)
      throws IOException {
    Partition partition = Partition.metadata(cluster);
    TreeCursor cursor =
        new TreeCursor(
            partition.suite(), metadata.root().tree(), builder.nodes(partition, metadata));
    List<TreeItem> rows = new ArrayList<>();
    for (TreeItem row = cursor.descend(); row != null; row = cursor.descend()) {
      rows.add(row);
      cursor.skip();
    }
    List<Table> tables = new ArrayList<>();
    builder.bodies(partition).read(rows, (row, body) -> add(tables, partition, row, body));
    return new Catalog(metadata, tables);
  }

  private static void add(List<Table> tables, Partition partition, TreeItem row, byte[] body)
      throws Unprovable {
    try {
      Map<String, Value> attributes = new LinkedHashMap<>(ItemCodec.decode(body).attributes());
      Value kind = attributes.remove(KIND);
      attributes.remove(ROW);
      if (TABLE.equals(kind) || DROPPED.equals(kind)) {
        tables.add(
            new Table(TableDescriptionCodec.fromItem(new Item(attributes)), DROPPED.equals(kind)));
      } else if (!SIGNER.equals(kind)) {
        throw new Corrupt("metadata row's kind", "table, dropped or signer", String.valueOf(kind));
      }
    } catch (FormatException e) {
      throw new Unprovable(Kind.CORRUPT, partition.wal(), row.lsn(), row.lsn(), e);
    }
  }
}
