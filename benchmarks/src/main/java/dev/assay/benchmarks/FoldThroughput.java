package dev.assay.benchmarks;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Frame;
import dev.assay.logformat.SegmentAccount;
import dev.assay.logformat.SegmentReader;
import dev.assay.logformat.SignerLookup;
import dev.assay.referencebuilder.FoldOptions;
import dev.assay.referencebuilder.FoldProgress;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.ReferenceBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures a fold from genesis beside reading, decompressing and checksumming the same segments
 * with the same client and as many threads, in turns; without its uploads, and with them. Started
 * by {@code fold.sh}. Counted are the bytes of the frames.
 */
public final class FoldThroughput {
  private static final int THREADS = Runtime.getRuntime().availableProcessors();
  private static final int LISTED = 1000;

  private final Arguments arguments;
  private final Path folder;
  private final int rounds;

  private FoldThroughput(Arguments arguments) {
    this.arguments = arguments;
    this.folder = Path.of(arguments.text("folder"));
    this.rounds = arguments.number("rounds");
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("endpoint", "embedded");
    defaults.put("credentials", "none");
    defaults.put("folder", "");
    defaults.put("items", "1160000");
    defaults.put("item-bytes", "900");
    defaults.put("warmup-rounds", "1");
    defaults.put("rounds", "5");
    defaults.put("output", "");
    new FoldThroughput(Arguments.of(defaults, arguments)).run();
  }

  private void run() throws Exception {
    PairTable table = new PairTable("MB/s", "fold", "read, decompress and checksum");
    try (ArchiveTrial trial = ArchiveTrial.open(arguments, folder)) {
      int items = arguments.number("items");
      MadeArchive archive =
          new MadeArchive(
              trial.writing(), trial.key(), "fold", items, arguments.number("item-bytes"));
      for (int number = 0; number < items; number++) {
        archive.put(number);
      }
      archive.cut();
      archive.forget();
      compare(trial, archive, false, table, 0.5);
      compare(trial, archive, true, table, 0.3);
    }
    Files.writeString(Path.of(arguments.text("output")), table.toString());
    System.out.println(table);
  }

  private void compare(
      ArchiveTrial trial, MadeArchive archive, boolean uploads, PairTable table, double aim)
      throws Exception {
    for (int round = 0; round < arguments.number("warmup-rounds"); round++) {
      fold(trial, archive, uploads);
      read(trial, archive);
    }
    double[] folding = new double[rounds];
    double[] reading = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      if (round % 2 == 0) {
        folding[round] = fold(trial, archive, uploads);
      }
      reading[round] = read(trial, archive);
      if (round % 2 == 1) {
        folding[round] = fold(trial, archive, uploads);
      }
      System.err.printf(
          "round %d: fold %.0f MB/s, read %.0f MB/s%n", round + 1, folding[round], reading[round]);
    }
    table.add(
        "%d items of %d bytes, %s uploads"
            .formatted(
                arguments.number("items"),
                arguments.number("item-bytes"),
                uploads ? "with" : "without"),
        folding,
        reading,
        new PairTable.Aim.AtLeast(aim));
  }

  private double fold(ArchiveTrial trial, MadeArchive archive, boolean uploads) throws IOException {
    Path own = Files.createTempDirectory(folder, "fold-");
    long[] framesBytes = new long[1];
    long beginNs = System.nanoTime();
    try (ReferenceBuilder builder =
        builder(trial, new CountingStore(trial.writing(), uploads), own)) {
      // Genesis each time: earlier rounds may have kept a reference.
      Reference reference =
          builder.buildFromGenesis(archive.partition, Long.MAX_VALUE, counting(framesBytes));
      Objects.requireNonNull(reference);
    }
    double speed = framesBytes[0] * 1e3 / (System.nanoTime() - beginNs);
    FoldCost.delete(own);
    return speed;
  }

  static ReferenceBuilder builder(ArchiveTrial trial, ObjectStore writing, Path own)
      throws IOException {
    return builder(trial, trial.reading(), writing, own);
  }

  static ReferenceBuilder builder(
      ArchiveTrial trial, ObjectStore reading, ObjectStore writing, Path own) throws IOException {
    SignerLookup signers =
        fingerprint ->
            fingerprint.equals(trial.key().certificate().fingerprint())
                ? trial.key().certificate()
                : null;
    return new ReferenceBuilder(
        reading, writing, signers, trial.key(), InstantSource.system(), FoldOptions.in(own));
  }

  private static FoldProgress counting(long[] framesBytes) {
    return new FoldProgress() {
      @Override
      public void folded(long lsn, long bytes) {
        framesBytes[0] += bytes;
      }

      @Override
      public void kept(long lsn) {}

      @Override
      public void lineage(dev.assay.referencebuilder.LineageBreak found) {
        throw new IllegalStateException(found.toString());
      }
    };
  }

  private static double read(ArchiveTrial trial, MadeArchive archive)
      throws IOException, InterruptedException {
    long beginNs = System.nanoTime();
    List<Future<Long>> segments = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (ObjectStore.Entry entry : trial.reading().list(archive.wal(), "", LISTED).entries()) {
        if (entry.key().endsWith(ArchivePaths.SEGMENT_SUFFIX)) {
          segments.add(threads.submit(() -> read(trial.reading(), entry)));
        }
      }
    }
    long bytes = 0;
    for (Future<Long> segment : segments) {
      try {
        bytes += segment.get();
      } catch (ExecutionException failed) {
        throw new IOException("a segment could not be read", failed.getCause());
      }
    }
    return bytes * 1e3 / (System.nanoTime() - beginNs);
  }

  private static long read(ObjectStore store, ObjectStore.Entry entry) throws IOException {
    long bytes = 0;
    try (InputStream object = Objects.requireNonNull(store.open(entry.key(), entry.sizeBytes()));
        SegmentReader reader = new SegmentReader(object, SegmentAccount.FRAMES_BYTES_MAX)) {
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        bytes += frame.payload().length;
      }
      Objects.requireNonNull(reader.identity());
    }
    return bytes;
  }
}
