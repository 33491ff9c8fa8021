package dev.assay.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Measures writes at a fixed load with archiving on beside the same with archiving off, in pairs.
 * Started by {@code archive-foreground.sh}, with two clusters that are running.
 *
 * <p>The load is a share of what the cluster without an archive takes at most, which is measured
 * first. Before each round both clusters are left alone until they are quiet, so that what is left
 * to archive of one round does not fall on the next. Who of a pair goes first changes.
 */
public final class ForegroundLatency {
  private static final int FILLERS = 4;
  private static final long QUIET_CHECK_NS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final double QUIET_SHARE = 0.1;
  private static final int QUIET_CHECKS_MAX = 12;

  private final Arguments arguments;
  private final int connections;
  private final int keys;
  private final List<Side> sides;

  private ForegroundLatency(Arguments arguments) {
    this.arguments = arguments;
    this.connections = arguments.number("connections");
    this.keys = arguments.number("keys");
    this.sides = List.of(side("on"), side("off"));
  }

  private record Side(String name, ItemClient client, ProcessUse process) {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("on-endpoint", "http://localhost:8000");
    defaults.put("on-pid", "");
    defaults.put("off-endpoint", "");
    defaults.put("off-pid", "");
    defaults.put("connections", "32");
    defaults.put("keys", "20000");
    defaults.put("item-bytes", "900");
    defaults.put("pairs", "9");
    defaults.put("seconds", "18");
    defaults.put("warmup-seconds", "60");
    defaults.put("maximum-seconds", "10");
    defaults.put("load-percent", "30");
    defaults.put("output", "");
    new ForegroundLatency(Arguments.of(defaults, arguments)).run();
  }

  private Side side(String name) {
    ItemClient client =
        new ItemClient(
            URI.create(arguments.text(name + "-endpoint")),
            "foreground",
            connections,
            arguments.number("item-bytes"));
    return new Side(name, client, new ProcessUse(arguments.number(name + "-pid")));
  }

  private void run() throws IOException, InterruptedException {
    for (Side side : sides) {
      side.client.createTable();
      side.client.fill(0, keys, FILLERS);
      maximum(side, "warmup-seconds");
    }
    double[] maximum = new double[2];
    for (int i = 0; i < 2; i++) {
      awaitQuiet();
      maximum[i] = maximum(sides.get(i), "maximum-seconds");
      System.err.printf("archive %s: at most %.0f/s%n", sides.get(i).name, maximum[i]);
    }
    double load = maximum[1] * arguments.number("load-percent") / 100;
    int pairs = arguments.number("pairs");
    Load.Round[][] rounds = new Load.Round[2][pairs];
    for (int pair = 0; pair < pairs; pair++) {
      for (int turn = 0; turn < 2; turn++) {
        int i = (pair + turn) % 2;
        awaitQuiet();
        rounds[i][pair] = round(sides.get(i), load, pair);
        System.err.printf(
            Locale.ROOT,
            "pair %d, archive %s: %.0f/s, p50 %.0f us, p99 %.0f us, %d errors%n",
            pair + 1,
            sides.get(i).name,
            rounds[i][pair].perSecond(),
            rounds[i][pair].microseconds(50),
            rounds[i][pair].microseconds(99),
            rounds[i][pair].errors());
      }
    }
    String text = report(List.of(rounds[0]), List.of(rounds[1]), maximum, load);
    Files.writeString(Path.of(arguments.text("output")), text);
    System.out.println(text);
    sides.forEach(side -> side.client.close());
  }

  private double maximum(Side side, String seconds) throws IOException, InterruptedException {
    return Load.run(
            side.client::put,
            connections,
            keys,
            TimeUnit.SECONDS.toNanos(arguments.number(seconds)),
            -1,
            side.process)
        .perSecond();
  }

  private Load.Round round(Side side, double load, int pair)
      throws IOException, InterruptedException {
    long durationNs = TimeUnit.SECONDS.toNanos(arguments.number("seconds"));
    return Load.paced(side.client::put, connections, load, keys, durationNs, pair, side.process);
  }

  /** Until neither process takes much of a processor, or for a few seconds at most. */
  private void awaitQuiet() throws IOException, InterruptedException {
    for (int i = 0; i < QUIET_CHECKS_MAX; i++) {
      long before = sides.get(0).process.cpuNs() + sides.get(1).process.cpuNs();
      TimeUnit.NANOSECONDS.sleep(QUIET_CHECK_NS);
      long used = sides.get(0).process.cpuNs() + sides.get(1).process.cpuNs() - before;
      if (used < QUIET_CHECK_NS * QUIET_SHARE) {
        return;
      }
    }
  }

  private String report(List<Load.Round> on, List<Load.Round> off, double[] maximum, double load) {
    PairTable table = new PairTable("writes (PutItem)", "archive on", "archive off");
    PairTable.Aim none = new PairTable.Aim.Nothing();
    add(table, "p50, us", on, off, round -> round.microseconds(50), none);
    add(table, "p99, us", on, off, round -> round.microseconds(99), new PairTable.Aim.AtMost(1.25));
    add(table, "p99.9, us", on, off, round -> round.microseconds(99.9), none);
    add(table, "server CPU, us each", on, off, Load.Round::serverCpuMicrosecondsPerAnswer, none);
    Comparison all = new Comparison("write", connections, on, off);
    return table
        + String.format(
            Locale.ROOT,
            "%n- %d connections, items of %d bytes, %.0f writes a second: %d %% of what is reached"
                + " without an archive (%.0f/s; with one %.0f/s).%n"
                + "- %d pairs of rounds of %d s; %d requests failed and are not in the figures;"
                + " other processes took %.0f %% of the machine.%n",
            connections,
            arguments.number("item-bytes"),
            load,
            arguments.number("load-percent"),
            maximum[1],
            maximum[0],
            on.size(),
            arguments.number("seconds"),
            all.errors(),
            all.othersShare() * 100);
  }

  private static void add(
      PairTable table,
      String what,
      List<Load.Round> on,
      List<Load.Round> off,
      ToDoubleFunction<Load.Round> value,
      PairTable.Aim aim) {
    table.add(
        what,
        on.stream().mapToDouble(value).toArray(),
        off.stream().mapToDouble(value).toArray(),
        aim);
  }
}
