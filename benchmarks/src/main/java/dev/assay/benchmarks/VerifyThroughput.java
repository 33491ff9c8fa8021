package dev.assay.benchmarks;

import dev.assay.archiver.ArchiveVerification;
import dev.assay.archiver.ArchiveVerifier;
import dev.assay.archiver.ExpectedPartition;
import dev.assay.archiver.ObjectStore.Entry;
import dev.assay.benchmarks.RecordedLog.Items;
import dev.assay.benchmarks.RecordedLog.Recording;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures a deep verification of an archive beside downloading and hashing (SHA-256) the same
 * objects, with the same client and as many threads, in turns. Started by {@code
 * archive-verify.sh}. Counted are the bytes of the objects, as they are stored.
 */
public final class VerifyThroughput {
  /** As many as the verifier has. */
  private static final int THREADS = 4;

  private static final int LISTED = 1000;

  private final Arguments arguments;
  private final int rounds;

  private VerifyThroughput(Arguments arguments) {
    this.arguments = arguments;
    this.rounds = arguments.number("rounds");
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("endpoint", "embedded");
    defaults.put("credentials", "none");
    defaults.put("store-name", "the embedded store");
    defaults.put("folder", "");
    defaults.put("segments", "40");
    defaults.put("warmup-rounds", "2");
    defaults.put("rounds", "7");
    defaults.put("output", "");
    new VerifyThroughput(Arguments.of(defaults, arguments)).run();
  }

  private void run() throws Exception {
    Path folder = Path.of(arguments.text("folder"));
    PairTable table = new PairTable("MB/s", "verify --deep", "download and hash");
    try (ArchiveTrial trial = ArchiveTrial.open(arguments, folder)) {
      for (Items items : Items.values()) {
        compare(trial, folder, items, table);
        trial.forgetObjects();
      }
    }
    Files.writeString(Path.of(arguments.text("output")), table.toString());
    System.out.println(table);
  }

  private void compare(ArchiveTrial trial, Path folder, Items items, PairTable table)
      throws IOException, InterruptedException {
    Recording recording =
        Recording.make(folder.resolve("log"), arguments.number("segments"), items);
    RecordedLog log =
        new RecordedLog(recording, ArchiveTrial.CLUSTER, items.name().toLowerCase(Locale.ROOT));
    trial.archive(log);
    for (int round = 0; round < arguments.number("warmup-rounds"); round++) {
      verify(trial, log);
      download(trial, log);
    }
    double[] verifying = new double[rounds];
    double[] downloading = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      if (round % 2 == 0) {
        verifying[round] = verify(trial, log);
      }
      downloading[round] = download(trial, log);
      if (round % 2 == 1) {
        verifying[round] = verify(trial, log);
      }
      System.err.printf(
          "%s, round %d: verify %.0f MB/s, download and hash %.0f MB/s%n",
          items.words, round + 1, verifying[round], downloading[round]);
    }
    table.add(
        "%s items, %s".formatted(items.words, arguments.text("store-name")),
        verifying,
        downloading,
        new PairTable.Aim.AtLeast(0.5));
  }

  private static double verify(ArchiveTrial trial, RecordedLog log) throws InterruptedException {
    ExpectedPartition expected =
        new ExpectedPartition(log.owner(), log.committedLsn(), null, log.committedLsn(), 0);
    long beginNs = System.nanoTime();
    ArchiveVerification found =
        new ArchiveVerifier(
                trial.reading(), trial.root(), InstantSource.system(), Duration.ofMinutes(1))
            .verify(List.of(expected), true, (_, _, _, _) -> {});
    long ns = System.nanoTime() - beginNs;
    if (found.state() != ArchiveVerification.State.FOUND) {
      throw new IllegalStateException(found.ranges().toString());
    }
    return found.bytesRead() * 1e3 / ns;
  }

  private static double download(ArchiveTrial trial, RecordedLog log)
      throws IOException, InterruptedException {
    long beginNs = System.nanoTime();
    List<Entry> entries =
        trial
            .reading()
            .list(ArchiveTrial.CLUSTER + "/" + log.owner().table() + "/", "", LISTED)
            .entries();
    List<Future<Sha256>> hashes = new ArrayList<>();
    long bytes = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Entry entry : entries) {
        bytes += entry.sizeBytes();
        hashes.add(
            threads.submit(
                () ->
                    Sha256.of(
                        Objects.requireNonNull(
                            trial.reading().get(entry.key(), entry.sizeBytes())))));
      }
    }
    for (Future<Sha256> hash : hashes) {
      try {
        hash.get();
      } catch (ExecutionException failed) {
        throw new IOException("an object could not be read", failed.getCause());
      }
    }
    return bytes * 1e3 / (System.nanoTime() - beginNs);
  }
}
