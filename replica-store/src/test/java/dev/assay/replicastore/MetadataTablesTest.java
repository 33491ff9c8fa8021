package dev.assay.replicastore;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.assay.logformat.Item;
import dev.assay.logformat.KeySchema;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.Ranged;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Get;
import dev.assay.replicastore.PartitionRequest.Range;
import dev.assay.replicastore.PartitionRequest.Write;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetadataTablesTest {
  private static final String TABLE = "accounts";

  private final MetadataPartition metadata = new MetadataPartition();
  private final MetadataTables tables =
      new MetadataTables(metadata, List.of("node-a"), 10, InstantSource.system(), new Random(1));

  @Test
  void refreshDoesNotBringBackATableThatWasDroppedWhileItRead() throws Exception {
    create();
    metadata.afterRange = () -> assertInstanceOf(Tables.Deletion.Deleted.class, drop());
    tables.refresh();
    assertNull(tables.find(TABLE));
  }

  @Test
  void refreshRemembersATableOfTheSameNameThatWasMadeMeanwhile() throws Exception {
    create();
    metadata.afterRange =
        () -> {
          drop();
          create();
        };
    tables.refresh();
    assertNotNull(tables.find(TABLE));
    tables.refresh();
    assertNotNull(tables.find(TABLE));
  }

  private void create() {
    KeySchema schema = new KeySchema(new KeySchema.Attribute("id", KeySchema.Type.S), null);
    try {
      assertInstanceOf(
          Tables.Creation.Created.class,
          tables.create(new Tables.Definition(TABLE, schema, 1, false, Map.of())));
    } catch (Tables.Unavailable e) {
      throw new AssertionError(e);
    }
  }

  private Tables.Deletion drop() {
    try {
      return tables.delete(TABLE);
    } catch (Tables.Unavailable e) {
      throw new AssertionError(e);
    }
  }

  /** The rows of the metadata partition; every condition holds. */
  private static final class MetadataPartition implements LeaderAccess {
    private final NavigableMap<byte[], Item> rows = new TreeMap<>(Arrays::compareUnsigned);
    private Runnable afterRange = () -> {};

    @Override
    public PartitionReply ask(List<String> replicas, PartitionRequest request) {
      return switch (request) {
        case Get get -> new Got(rows.get(get.key()));
        case Write write -> {
          switch (write.change()) {
            case Change.Put(Item item) -> rows.put(write.key(), item);
            case Change.Delete() -> rows.remove(write.key());
            case Change.Update _ -> throw new AssertionError("no row is updated");
          }
          yield new Written(1, null, null);
        }
        case Range range -> {
          List<Ranged.Entry> entries = new ArrayList<>();
          rows.subMap(range.from(), true, range.to(), false)
              .forEach((key, item) -> entries.add(new Ranged.Entry(key, item)));
          Runnable then = afterRange;
          afterRange = () -> {};
          then.run();
          yield new Ranged(entries, false);
        }
      };
    }
  }
}
