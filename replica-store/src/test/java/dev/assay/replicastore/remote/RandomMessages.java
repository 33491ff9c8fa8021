package dev.assay.replicastore.remote;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.Checkpoint;
import dev.assay.replicastore.NodeCalls.CheckpointDigest;
import dev.assay.replicastore.NodeCalls.ReplicaStatus;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.remote.Call.Answer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Draws messages of every kind, the same ones for the same seed. */
final class RandomMessages {
  private final Random random;

  RandomMessages(long seed) {
    random = new Random(seed);
  }

  PartitionRequest request() {
    return switch (random.nextInt(3)) {
      case 0 -> new PartitionRequest.Get(partition(), bytes(), random.nextBoolean());
      case 1 ->
          new PartitionRequest.Range(
              partition(),
              bytes(),
              random.nextBoolean() ? bytes() : null,
              random.nextBoolean(),
              random.nextInt(1, Integer.MAX_VALUE),
              random.nextInt(1, Integer.MAX_VALUE),
              random.nextBoolean());
      default ->
          new PartitionRequest.Write(
              partition(),
              bytes(),
              change(),
              random.nextBoolean() ? text() : null,
              new Bindings(names(), values()));
    };
  }

  PartitionReply reply() {
    return switch (random.nextInt(9)) {
      case 0 -> new PartitionReply.Got(optionalItem());
      case 1 ->
          new PartitionReply.Ranged(
              list(() -> new PartitionReply.Ranged.Entry(bytes(), item())), random.nextBoolean());
      case 2 -> new PartitionReply.Written(random.nextLong(), optionalItem(), optionalItem());
      case 3 -> new PartitionReply.ConditionFailed(optionalItem());
      case 4 -> new PartitionReply.Invalid(text());
      case 5 -> new PartitionReply.NotLeader(random.nextBoolean() ? text() : null);
      case 6 -> new PartitionReply.Unavailable(text());
      case 7 -> new PartitionReply.Overloaded();
      default -> new PartitionReply.OutcomeUnknown(text());
    };
  }

  Call call() {
    PartitionId partition = partition();
    UUID run = uuid();
    return switch (random.nextInt(7)) {
      case 0 -> new Call.Replicas();
      case 1 -> new Call.Barrier(partition, run);
      case 2 -> new Call.TakeCheckpoint(partition, run);
      case 3 -> new Call.Find(partition, run);
      case 4 -> new Call.Digest(partition, run);
      case 5 ->
          new Call.Read(
              partition,
              run,
              text(),
              random.nextLong(Long.MAX_VALUE),
              random.nextInt(Integer.MAX_VALUE));
      default -> new Call.Release(partition, run);
    };
  }

  Answer answer() {
    return switch (random.nextInt(10)) {
      case 0 -> new Answer.Statuses(list(this::status));
      case 1 -> new Answer.Position(random.nextLong());
      case 2 ->
          new Answer.Found(
              new Checkpoint(
                  position(),
                  list(
                      () ->
                          new Checkpoint.File(
                              random.nextInt(1000) + ".sst", random.nextLong(Long.MAX_VALUE)))));
      case 3 ->
          new Answer.Digested(
              new CheckpointDigest(
                  position(),
                  new Digest128(random.nextLong(), random.nextLong()),
                  random.nextLong()));
      case 4 -> new Answer.Part(bytes());
      case 5 -> new Answer.Released();
      case 6 -> new Answer.Failed(new CallFailed.NotFound(text()));
      case 7 -> new Answer.Failed(new CallFailed.NotLeader(random.nextBoolean() ? text() : null));
      case 8 -> new Answer.Failed(new CallFailed.Unavailable(text()));
      default -> new Answer.Failed(new CallFailed.OutcomeUnknown(text()));
    };
  }

  Item item() {
    return new Item(values());
  }

  private Change change() {
    return switch (random.nextInt(3)) {
      case 0 -> new Change.Put(item());
      case 1 -> new Change.Delete();
      default -> new Change.Update(item(), text());
    };
  }

  private ReplicaStatus status() {
    Group.Role[] roles = Group.Role.values();
    return new ReplicaStatus(
        partition(),
        new Group.Status(
            random.nextLong(),
            roles[random.nextInt(roles.length)],
            random.nextBoolean() ? text() : null,
            random.nextLong(),
            random.nextLong(),
            random.nextLong(),
            random.nextLong()),
        position(),
        random.nextBoolean() ? text() : null);
  }

  private @Nullable Item optionalItem() {
    return random.nextBoolean() ? item() : null;
  }

  private Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    list(this::text).forEach(name -> names.put("#" + name, text()));
    return names;
  }

  private Map<String, Value> values() {
    Map<String, Value> values = new LinkedHashMap<>();
    list(this::text).forEach(name -> values.put(name, value(0)));
    return values;
  }

  private Value value(int nesting) {
    return switch (random.nextInt(nesting < 3 ? 10 : 5)) {
      case 0 -> new Value.Text(text());
      case 1 -> new Value.Num(number());
      case 2 -> new Value.Bin(bytes());
      case 3 -> new Value.Bool(random.nextBoolean());
      case 4 -> new Value.Null();
      case 5 -> new Value.ListOf(list(() -> value(nesting + 1)));
      case 6 -> {
        Map<String, Value> entries = new LinkedHashMap<>();
        list(this::text).forEach(name -> entries.put(name, value(nesting + 1)));
        yield new Value.MapOf(entries);
      }
      case 7 -> new Value.TextSet(new LinkedHashSet<>(List.of(text())));
      case 8 -> new Value.NumSet(new LinkedHashSet<>(List.of(number())));
      default -> new Value.BinSet(new LinkedHashSet<>(List.of(new Value.Bin(bytes()))));
    };
  }

  private BigDecimal number() {
    return BigDecimal.valueOf(random.nextLong(), random.nextInt(-50, 50));
  }

  private PartitionId partition() {
    return new PartitionId(uuid(), random.nextInt(1000));
  }

  private LogPosition position() {
    return new LogPosition(random.nextLong(), random.nextLong());
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** ASCII, two-byte, three-byte and four-byte letters. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int rest = random.nextInt(12); rest > 0; rest--) {
      int[] alphabets = {'a', 0xE4, 0x4E2D, 0x1F600};
      text.appendCodePoint(alphabets[random.nextInt(4)] + random.nextInt(20));
    }
    return text.toString();
  }

  private <T> List<T> list(Supplier<T> element) {
    List<T> elements = new ArrayList<>();
    for (int rest = random.nextInt(4); rest > 0; rest--) {
      elements.add(element.get());
    }
    return elements;
  }
}
