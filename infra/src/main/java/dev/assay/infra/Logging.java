package dev.assay.infra;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * One line a record on standard error. Our own messages from INFO on, the libraries' from WARNING
 * on; {@code ASSAY_LOG} sets another level for ours.
 */
final class Logging {
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("dev.assay");

  /** Libraries that warn about what is ordinary for us: a peer that is down, say. */
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("org.apache.ratis"),
          Logger.getLogger("io.helidon"),
          Logger.getLogger("org.gaul"));

  private Logging() {}

  static void configure() {
    ROOT.setLevel(Level.WARNING);
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    OURS.setLevel(level());
    for (Handler handler : ROOT.getHandlers()) {
      handler.setLevel(Level.ALL);
      handler.setFormatter(new OneLine());
    }
  }

  /** For commands whose output is a story: only what is wrong. */
  static void onlyWarnings() {
    if (System.getenv("ASSAY_LOG") == null) {
      OURS.setLevel(Level.WARNING);
    }
  }

  private static Level level() {
    String wanted = System.getenv("ASSAY_LOG");
    if (wanted == null) {
      return Level.INFO;
    }
    try {
      return Level.parse(wanted);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "ASSAY_LOG is " + wanted + "; it takes SEVERE, WARNING, INFO, FINE or ALL",
          e);
    }
  }

  private static final class OneLine extends Formatter {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String format(LogRecord record) {
      String name = record.getLoggerName() == null ? "" : record.getLoggerName();
      String line =
          TIME.format(Instant.ofEpochMilli(record.getMillis()))
              + " "
              + record.getLevel()
              + " "
              + name.substring(name.lastIndexOf('.') + 1)
              + ": "
              + formatMessage(record)
              + System.lineSeparator();
      return record.getThrown() == null ? line : line + StackTraces.of(record.getThrown());
    }
  }
}
