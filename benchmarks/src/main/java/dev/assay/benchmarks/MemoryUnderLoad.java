package dev.assay.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Loads a table and prints what memory the server's process takes on the way: resident, and what is
 * left of its heap after a full collection. Started by {@code memory.sh}.
 */
public final class MemoryUnderLoad {
  private static final int STEPS = 10;
  private static final int KB_PER_MB = 1024;

  private final int items;
  private final int connections;
  private final ProcessUse server;
  private final StringBuilder text = new StringBuilder();

  private MemoryUnderLoad(Arguments arguments) {
    this.items = arguments.number("items");
    this.connections = arguments.number("connections");
    this.server = new ProcessUse(arguments.number("pid"));
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("endpoint", "http://localhost:8000");
    defaults.put("pid", "");
    defaults.put("items", "1000000");
    defaults.put("item-bytes", "1024");
    defaults.put("connections", "8");
    defaults.put("output", "");
    Arguments given = Arguments.of(defaults, arguments);
    MemoryUnderLoad program = new MemoryUnderLoad(given);
    try (ItemClient client =
        new ItemClient(
            URI.create(given.text("endpoint")),
            "memory",
            program.connections,
            given.number("item-bytes"))) {
      program.run(client);
    }
    Files.writeString(Path.of(given.text("output")), program.text);
    System.out.println(program.text);
  }

  private void run(ItemClient client) throws IOException, InterruptedException {
    text.append("| items | resident, MB | heap after a collection, MB |\n|---:|---:|---:|\n");
    measure("before");
    client.createTable();
    for (int step = 0; step < STEPS; step++) {
      int to = (int) ((long) items * (step + 1) / STEPS);
      client.fill((int) ((long) items * step / STEPS), to, connections);
      measure(Integer.toString(to));
    }
    Load.each(client::get, connections, new Random(1).ints(50_000, 0, items).toArray());
    measure("after 50000 reads");
  }

  private void measure(String when) throws IOException, InterruptedException {
    long residentMb = server.residentKb() / KB_PER_MB;
    long heapMb = server.heapAfterCollectionKb() / KB_PER_MB;
    text.append(String.format(Locale.ROOT, "| %s | %d | %d |%n", when, residentMb, heapMb));
    System.err.printf("%s: %d MB resident, %d MB heap%n", when, residentMb, heapMb);
  }
}
