package dev.assay.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures two DynamoDB endpoints in turns, A B A B, so that what the machine does meanwhile falls
 * on both, and prints medians and ratios as Markdown. Started by {@code compare-dynamodb-local.sh}.
 */
public final class SideBySide {
  private static final int FILLERS = 4;

  private final Arguments arguments;
  private final List<Side> sides;
  private final int keys;

  private SideBySide(Arguments arguments) {
    this.arguments = arguments;
    this.sides = List.of(side("a"), side("b"));
    this.keys = arguments.number("keys");
  }

  /** One endpoint. */
  private record Side(String name, URI endpoint, @Nullable ProcessUse process) {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("a-name", "Assay");
    defaults.put("a-endpoint", "http://localhost:8000");
    defaults.put("a-pid", "0");
    defaults.put("b-name", "DynamoDB Local");
    defaults.put("b-endpoint", "");
    defaults.put("b-pid", "0");
    defaults.put("connections", "1,32");
    defaults.put("keys", "20000");
    defaults.put("item-bytes", "900");
    defaults.put("rounds", "5");
    defaults.put("seconds", "8");
    defaults.put("warmup-seconds", "20");
    defaults.put("output", "");
    new SideBySide(Arguments.of(defaults, arguments)).run();
  }

  private Side side(String letter) {
    long pid = arguments.number(letter + "-pid");
    return new Side(
        arguments.text(letter + "-name"),
        URI.create(arguments.text(letter + "-endpoint")),
        pid == 0 ? null : new ProcessUse(pid));
  }

  private void run() throws IOException, InterruptedException {
    List<Comparison> comparisons = new ArrayList<>();
    for (String connections : arguments.text("connections").split(",")) {
      comparisons.addAll(compare(Integer.parseInt(connections)));
    }
    String table = ComparisonTable.of(sides.get(0).name, sides.get(1).name, comparisons);
    Files.writeString(Path.of(arguments.text("output")), table);
    System.out.println(table);
  }

  /** Writes first, then reads, on fresh tables that hold every key. */
  private List<Comparison> compare(int connections) throws IOException, InterruptedException {
    List<ItemClient> clients = new ArrayList<>();
    for (Side side : sides) {
      ItemClient client =
          new ItemClient(
              side.endpoint,
              "side_by_side_" + connections,
              connections,
              arguments.number("item-bytes"));
      client.createTable();
      client.fill(0, keys, FILLERS);
      clients.add(client);
    }
    List<IntConsumer> puts = List.of(clients.get(0)::put, clients.get(1)::put);
    List<IntConsumer> gets = List.of(clients.get(0)::get, clients.get(1)::get);
    List<Comparison> comparisons =
        List.of(
            compare("write (PutItem)", connections, puts),
            compare("read (GetItem, strongly consistent)", connections, gets));
    for (ItemClient client : clients) {
      client.deleteTable();
      client.close();
    }
    return comparisons;
  }

  private Comparison compare(String what, int connections, List<IntConsumer> requests)
      throws IOException, InterruptedException {
    System.err.println(what + ", " + connections + " connection(s): warm-up");
    for (int side = 0; side < 2; side++) {
      round(requests.get(side), connections, arguments.number("warmup-seconds"), -1, side);
    }
    List<List<Load.Round>> rounds = List.of(new ArrayList<>(), new ArrayList<>());
    for (int round = 0; round < arguments.number("rounds"); round++) {
      for (int side = 0; side < 2; side++) {
        Load.Round measured =
            round(requests.get(side), connections, arguments.number("seconds"), round, side);
        rounds.get(side).add(measured);
        System.err.printf(
            "  round %d, %s: %.0f/s, p99 %.0f us, %d errors%n",
            round + 1,
            sides.get(side).name,
            measured.perSecond(),
            measured.microseconds(99),
            measured.errors());
      }
    }
    return new Comparison(what, connections, rounds.get(0), rounds.get(1));
  }

  private Load.Round round(IntConsumer request, int connections, int seconds, int seed, int side)
      throws IOException, InterruptedException {
    return Load.run(
        request,
        connections,
        keys,
        TimeUnit.SECONDS.toNanos(seconds),
        seed,
        sides.get(side).process);
  }
}
