package dev.assay.replicastore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.logformat.ItemDigest;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Value;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.expression.ParsedExpressions;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the leader writes into the log for a change, above all the digest of what it replaces. */
class EvaluatorTest {
  private static final byte[] KEY = {1, 2, 3};
  private static final Item OLD = item(1);
  private static final byte[] OLD_BYTES = ItemCodec.encode(OLD);
  private static final Digest128 OLD_DIGEST = ItemDigest.of(KEY, OLD_BYTES);

  private final Evaluator evaluator = new Evaluator(new ParsedExpressions(1_000));

  @Test
  void aPutNamesTheItemThatItReplaces() throws Exception {
    Mutation.Put put =
        assertInstanceOf(Mutation.Put.class, logged(new Change.Put(item(2)), OLD_BYTES));
    assertEquals(OLD_DIGEST, put.before());
    assertArrayEquals(ItemCodec.encode(item(2)), put.item());
  }

  @Test
  void aPutOfANewKeyReplacesNothing() throws Exception {
    Mutation.Put put = assertInstanceOf(Mutation.Put.class, logged(new Change.Put(item(2)), null));
    assertEquals(Digest128.NONE, put.before());
  }

  @Test
  void anUpdateNamesTheItemThatItWasComputedFrom() throws Exception {
    Change update = new Change.Update(item(0), "SET v = v + :one");
    Mutation.Put put = assertInstanceOf(Mutation.Put.class, logged(update, OLD_BYTES));
    assertEquals(OLD_DIGEST, put.before());
    assertArrayEquals(ItemCodec.encode(item(2)), put.item());
  }

  @Test
  void aDeleteNamesTheItemThatItRemoves() throws Exception {
    Mutation.Delete delete =
        assertInstanceOf(Mutation.Delete.class, logged(new Change.Delete(), OLD_BYTES));
    assertEquals(OLD_DIGEST, delete.before());
    Mutation.Delete ofNothing =
        assertInstanceOf(Mutation.Delete.class, logged(new Change.Delete(), null));
    assertEquals(Digest128.NONE, ofNothing.before());
  }

  private Mutation logged(Change change, byte @Nullable [] current) throws FormatException {
    Write write =
        new Write(
            new PartitionId(new UUID(1, 2), 0),
            KEY,
            change,
            null,
            new Bindings(
                Map.of(),
                change instanceof Change.Update ? Map.of(":one", Value.Num.of(1)) : Map.of()));
    return assertInstanceOf(EvaluatedWrite.Logged.class, evaluator.evaluate(write, current))
        .mutation();
  }

  private static Item item(long value) {
    return new Item(Map.of("k", new Value.Text("a"), "v", Value.Num.of(value)));
  }
}
