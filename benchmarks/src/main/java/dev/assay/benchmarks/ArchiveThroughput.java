package dev.assay.benchmarks;

import dev.assay.archiver.ObjectStore.Created;
import dev.assay.benchmarks.PairTable.Aim;
import dev.assay.benchmarks.RecordedLog.Items;
import dev.assay.benchmarks.RecordedLog.Recording;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Measures how fast an agent archives a log beside how fast the same client uploads plain objects
 * of the size of a segment to the same store, in turns. Started by {@code archive-throughput.sh}.
 *
 * <p>Counted are, for the agent, bytes of encoded frames, from the first read of the log until the
 * last segment is read back, held against the log and durable; for the plain upload, bytes of
 * objects, each hashed (SHA-256, and MD5 by the client) and acknowledged by the store. Each side
 * has one thread and one object under way at a time.
 */
public final class ArchiveThroughput {
  private static final int OBJECT_BYTES = 16 << 20;

  private final Arguments arguments;
  private final int segments;
  private final int rounds;

  private ArchiveThroughput(Arguments arguments) {
    this.arguments = arguments;
    this.segments = arguments.number("segments");
    this.rounds = arguments.number("rounds");
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("endpoint", "embedded");
    defaults.put("credentials", "none");
    defaults.put("store-name", "the embedded store");
    defaults.put("folder", "");
    defaults.put("segments", "12");
    defaults.put("warmup-rounds", "8");
    defaults.put("rounds", "7");
    defaults.put("output", "");
    new ArchiveThroughput(Arguments.of(defaults, arguments)).run();
  }

  private void run() throws Exception {
    Path folder = Path.of(arguments.text("folder"));
    PairTable table = new PairTable("measure", "agent", "plain upload");
    try (ArchiveTrial trial = ArchiveTrial.open(arguments, folder)) {
      for (Items items : Items.values()) {
        compare(trial, folder, items, table);
      }
    }
    Files.writeString(Path.of(arguments.text("output")), table.toString());
    System.out.println(table);
  }

  private void compare(ArchiveTrial trial, Path folder, Items items, PairTable table)
      throws Exception {
    Recording recording = Recording.make(folder.resolve("log"), segments, items);
    String name = items.name().toLowerCase(Locale.ROOT);
    // On the embedded store, whose disk does not fill up; then once on the one that is measured.
    try (ArchiveTrial warm = ArchiveTrial.embedded(folder.resolve("warm-up-" + name))) {
      warm.callOften();
      for (int round = 0; round < arguments.number("warmup-rounds"); round++) {
        warmUp(warm, recording, name + "-warm-up-" + round);
      }
    }
    warmUp(trial, recording, name + "-warm-up");
    Measured[] agent = new Measured[rounds];
    Measured[] plain = new Measured[rounds];
    for (int round = 0; round < rounds; round++) {
      String roundName = name + "-" + round;
      RecordedLog log = new RecordedLog(recording, ArchiveTrial.CLUSTER, roundName);
      // Who goes first changes, so that what one leaves to do falls on both.
      for (int turn = 0; turn < 2; turn++) {
        if ((round + turn) % 2 == 0) {
          agent[round] = measured(recording.framesBytes(), () -> trial.archive(log));
        } else {
          plain[round] =
              measured((long) segments * OBJECT_BYTES, () -> upload(trial, roundName, segments));
        }
      }
      System.err.printf(
          "%s, round %d: agent %.0f MB/s, plain upload %.0f MB/s%n",
          items.words, round + 1, agent[round].perSecond, plain[round].perSecond);
      trial.forgetObjects();
    }
    String what = "%s items, %s".formatted(items.words, arguments.text("store-name"));
    add(table, what + ": MB/s", agent, plain, each -> each.perSecond, new Aim.AtLeast(0.7));
    add(table, what + ": CPU ms for 16 MB", agent, plain, each -> each.cpuMs, new Aim.Nothing());
  }

  private void warmUp(ArchiveTrial trial, Recording recording, String name)
      throws IOException, InterruptedException {
    trial.archive(new RecordedLog(recording, ArchiveTrial.CLUSTER, name));
    upload(trial, name, segments);
    trial.forgetObjects();
  }

  /**
   * One side of one round.
   *
   * @param perSecond megabytes
   * @param cpuMs of this process, for 16 megabytes
   */
  private record Measured(double perSecond, double cpuMs) {}

  /** Returns how long it took. */
  private interface Timed {
    long run() throws IOException, InterruptedException;
  }

  private static Measured measured(long bytes, Timed side)
      throws IOException, InterruptedException {
    ProcessUse self = new ProcessUse(ProcessHandle.current().pid());
    long cpuBefore = self.cpuNs();
    long ns = side.run();
    long cpuNs = self.cpuNs() - cpuBefore;
    return new Measured(bytes * 1e3 / ns, cpuNs * 16.0 / bytes);
  }

  private static void add(
      PairTable table,
      String what,
      Measured[] agent,
      Measured[] plain,
      ToDoubleFunction<Measured> value,
      Aim aim) {
    table.add(
        what,
        Arrays.stream(agent).mapToDouble(value).toArray(),
        Arrays.stream(plain).mapToDouble(value).toArray(),
        aim);
  }

  /** One object after the other. */
  private static long upload(ArchiveTrial trial, String name, int objects) throws IOException {
    byte[] object = new byte[OBJECT_BYTES];
    new Random(7).nextBytes(object);
    long hashed = 0;
    long beginNs = System.nanoTime();
    for (int i = 0; i < objects; i++) {
      hashed += Sha256.of(object).hashCode();
      if (trial.writing().create("plain/" + name + "/" + i, object) != Created.CREATED) {
        throw new IllegalStateException("object " + i + " was there");
      }
    }
    long ns = System.nanoTime() - beginNs;
    if (hashed == 0) {
      System.err.println("a rare sum"); // So that no compiler leaves the hashing out.
    }
    return ns;
  }
}
