package dev.assay.benchmarks;

import dev.assay.referencebuilder.FoldProgress;
import dev.assay.referencebuilder.Reference;
import dev.assay.referencebuilder.ReferenceBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Measures what it costs to fold a change on, as a share of the first build: the time, and the
 * bytes that are read (segments, manifests, records, nodes) and written (packs, records). Started
 * by {@code fold.sh}.
 */
public final class FoldCost {
  private final Arguments arguments;
  private final Path folder;
  private final int items;
  private final int rounds;
  private final Random random = new Random(5);
  private final StringBuilder table =
      new StringBuilder("| change | keys | ms | MB | time | its aim | bytes | its aim |\n")
          .append("|---|---:|---:|---:|---:|---:|---:|---:|\n");

  private FoldCost(Arguments arguments) {
    this.arguments = arguments;
    this.folder = Path.of(arguments.text("folder"));
    this.items = arguments.number("items");
    this.rounds = arguments.number("rounds");
  }

  /** What one build took. */
  private record Cost(double ms, long bytes) {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("endpoint", "embedded");
    defaults.put("credentials", "none");
    defaults.put("folder", "");
    defaults.put("items", "1160000");
    defaults.put("item-bytes", "900");
    defaults.put("rounds", "5");
    defaults.put("output", "");
    new FoldCost(Arguments.of(defaults, arguments)).run();
  }

  private void run() throws Exception {
    try (ArchiveTrial trial = ArchiveTrial.open(arguments, folder)) {
      Cost warm = first(trial, "warm-up");
      System.err.printf("a first build, to warm up: %.0f ms%n", warm.ms);
      MadeArchive archive = archive(trial, "curve");
      Path own = Files.createTempDirectory(folder, "fold-");
      Cost first = build(trial, archive, own);
      row("first build", items, first, first, 1, 1);
      measure(trial, archive, own, first, 0.0001, false, 0.02, 0.02);
      measure(trial, archive, own, first, 0.001, false, 0.02, 0.02);
      measure(trial, archive, own, first, 0.01, false, 0.10, 0.10);
      measure(trial, archive, own, first, 0.1, false, 1, 1);
      measure(trial, archive, own, first, 0.0001, true, 0.01, 0.01);
      measure(trial, archive, own, first, 0.001, true, 0.01, 0.01);
      measure(trial, archive, own, first, 0.01, true, 0.03, 0.03);
      measure(trial, archive, own, first, 0.1, true, 1, 1);
    }
    Files.writeString(Path.of(arguments.text("output")), table.toString());
    System.out.println(table);
  }

  private Cost first(ArchiveTrial trial, String name) throws IOException {
    Path own = Files.createTempDirectory(folder, "fold-");
    Cost cost = build(trial, archive(trial, name), own);
    delete(own);
    return cost;
  }

  private MadeArchive archive(ArchiveTrial trial, String name) throws IOException {
    MadeArchive archive =
        new MadeArchive(trial.writing(), trial.key(), name, items, arguments.number("item-bytes"));
    for (int number = 0; number < items; number++) {
      archive.put(number);
    }
    archive.cut();
    return archive;
  }

  private void measure(
      ArchiveTrial trial,
      MadeArchive archive,
      Path own,
      Cost first,
      double share,
      boolean clustered,
      double timeAim,
      double bytesAim)
      throws IOException {
    int keys = Math.max(1, (int) (items * share));
    List<Cost> costs = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      change(archive, keys, clustered);
      Cost cost = build(trial, archive, own);
      if (round > 0) {
        costs.add(cost);
      }
    }
    costs.sort(Comparator.comparingDouble(Cost::ms));
    Cost median = costs.get(costs.size() / 2);
    String what =
        String.format(Locale.ROOT, "%.2f %%, %s", share * 100, clustered ? "clustered" : "random");
    row(what, keys, median, first, timeAim, bytesAim);
  }

  /** Keys are clustered in the order of their bytes, which is that of their hashes. */
  private void change(MadeArchive archive, int keys, boolean clustered) throws IOException {
    if (clustered) {
      for (int number : archive.neighbours(random.nextInt(items), keys)) {
        archive.put(number);
      }
    } else {
      for (int number : random.ints(0, items).distinct().limit(keys).toArray()) {
        archive.put(number);
      }
    }
    archive.cut();
  }

  private Cost build(ArchiveTrial trial, MadeArchive archive, Path own) throws IOException {
    CountingStore reading = new CountingStore(trial.reading(), true);
    CountingStore writing = new CountingStore(trial.writing(), true);
    try (ReferenceBuilder builder = FoldThroughput.builder(trial, reading, writing, own)) {
      long beginNs = System.nanoTime();
      Reference reference =
          Objects.requireNonNull(
              builder.build(archive.partition, Long.MAX_VALUE, FoldProgress.NONE));
      double ms = (System.nanoTime() - beginNs) / 1e6;
      if (reference.root().lineageBreaks() != 0) {
        throw new IllegalStateException(reference.toString());
      }
      return new Cost(ms, reading.bytes() + writing.bytes() + builder.nodeBytesRead());
    }
  }

  private void row(String what, int keys, Cost cost, Cost first, double timeAim, double bytesAim) {
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %d | %.0f | %.1f | %.2f %% | %s | %.2f %% | %s |%n",
            what,
            keys,
            cost.ms,
            cost.bytes / 1e6,
            100 * cost.ms / first.ms,
            verdict(cost.ms / first.ms, timeAim),
            100.0 * cost.bytes / first.bytes,
            verdict((double) cost.bytes / first.bytes, bytesAim));
    System.err.print(row);
    table.append(row);
  }

  private static String verdict(double actual, double aim) {
    return aim == 1
        ? ""
        : String.format(Locale.ROOT, "at most %.0f %%", aim * 100)
            + (actual <= aim ? "" : " (MISSED)");
  }

  static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
