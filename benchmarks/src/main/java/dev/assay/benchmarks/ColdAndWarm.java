package dev.assay.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Measures how much slower a read is whose data no cache holds. Started twice by {@code
 * cold-reads.sh}: with {@code --phase load}, and with {@code --phase measure} after the server was
 * started anew and the page cache dropped.
 *
 * <p>A fresh server also runs cold code. So two tables are loaded: reads of the first show code and
 * data cold, and then warm the code up; reads of the second then show cold data alone.
 */
public final class ColdAndWarm {
  private static final List<String> TABLES = List.of("cold_code", "cold_data");
  private static final int FILLERS = 4;
  private static final long WARMUP_NS = TimeUnit.SECONDS.toNanos(20);

  private final Arguments arguments;
  private final int items;
  private final int connections;

  private ColdAndWarm(Arguments arguments) {
    this.arguments = arguments;
    this.items = arguments.number("items");
    this.connections = arguments.number("connections");
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("phase", "");
    defaults.put("endpoint", "http://localhost:8000");
    defaults.put("items", "200000");
    defaults.put("reads", "20000");
    defaults.put("item-bytes", "900");
    defaults.put("connections", "1");
    defaults.put("output", "cold-reads.md");
    ColdAndWarm program = new ColdAndWarm(Arguments.of(defaults, arguments));
    String phase = program.arguments.text("phase");
    switch (phase) {
      case "load" -> program.load();
      case "measure" -> program.measure();
      default -> throw new IllegalArgumentException("--phase is load or measure, not " + phase);
    }
  }

  private ItemClient client(String table) {
    return new ItemClient(
        URI.create(arguments.text("endpoint")), table, connections, arguments.number("item-bytes"));
  }

  private void load() throws InterruptedException {
    for (String table : TABLES) {
      try (ItemClient client = client(table)) {
        client.createTable();
        client.fill(0, items, FILLERS);
      }
    }
  }

  private void measure() throws IOException, InterruptedException {
    int[] keys = new Random(1).ints(0, items).distinct().limit(arguments.number("reads")).toArray();
    StringBuilder text = new StringBuilder();
    text.append(
        "| reads of %d distinct items of %d, %d connection(s) | p50, us | p99, us |"
            .formatted(keys.length, items, connections));
    text.append(" p99.9, us | errors |\n|---|---:|---:|---:|---:|\n");
    try (ItemClient first = client(TABLES.getFirst())) {
      Load.Round everythingCold = Load.each(first::get, connections, keys);
      text.append(row("first after the start: code and data cold", everythingCold));
      Load.run(first::get, connections, items, WARMUP_NS, 2, null);
    }
    try (ItemClient second = client(TABLES.getLast())) {
      Load.Round cold = Load.each(second::get, connections, keys);
      Load.each(second::get, connections, keys);
      Load.Round warm = Load.each(second::get, connections, keys);
      text.append(row("code warm, data cold", cold)).append(row("code and data warm", warm));
      text.append(
          String.format(
              Locale.ROOT,
              "%nWith warm code, p99 of a cold read is %.2f times that of a warm one.%n",
              cold.microseconds(99) / warm.microseconds(99)));
    }
    Files.writeString(Path.of(arguments.text("output")), text);
    System.out.println(text);
  }

  private static String row(String what, Load.Round round) {
    return String.format(
        Locale.ROOT,
        "| %s | %.0f | %.0f | %.0f | %d |%n",
        what,
        round.microseconds(50),
        round.microseconds(99),
        round.microseconds(99.9),
        round.errors());
  }
}
