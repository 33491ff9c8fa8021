package dev.assay.replicastore.consensus;

import dev.assay.replicastore.consensus.LogFileReader.Next;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One of Ratis's log files, read by us ({@link LogFileReader}) before Ratis reads it.
 *
 * <pre>
 *   log_FIRST-LAST         closed: its last entry is known by its name
 *   log_inprogress_FIRST   open
 * </pre>
 *
 * <p>Ratis reads the same with two differences that matter: zeros are its end of a closed file too,
 * and a torn last entry fails its start. Here the reader says where the good entries end, and what
 * follows them, and leaves it to {@link LogFolder} what that means.
 */
final class LogFile implements Comparable<LogFile> {
  private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
  private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");

  private final Path path;
  private final long first;
  private final @Nullable Long last;

  private LogFile(Path path, long first, @Nullable Long last) {
    this.path = path;
    this.first = first;
    this.last = last;
  }

  static Optional<LogFile> at(Path path) {
    String name = String.valueOf(path.getFileName());
    Matcher closed = CLOSED.matcher(name);
    if (closed.matches()) {
      return Optional.of(
          new LogFile(path, Long.parseLong(closed.group(1)), Long.parseLong(closed.group(2))));
    }
    Matcher open = OPEN.matcher(name);
    return open.matches()
        ? Optional.of(new LogFile(path, Long.parseLong(open.group(1)), null))
        : Optional.empty();
  }

  Path path() {
    return path;
  }

  /** Its first entry, by its name. */
  long first() {
    return first;
  }

  /** Its last entry, by its name; null while it is open. */
  @Nullable Long last() {
    return last;
  }

  @Override
  public int compareTo(LogFile other) {
    return Long.compare(first, other.first);
  }

  /** What follows the good entries of a file. */
  enum Tail {
    /** Nothing, or zeros: the file may end here, or may have lost its end. */
    CLEAN,
    /** The file stops within an entry. */
    CUT,
    /** Bytes that are no entry. */
    BAD
  }

  /**
   * @param last the last good entry; null if there is none
   * @param end where the good entries end
   * @param detail what is wrong there
   */
  record Contents(@Nullable LogPosition last, long end, Tail tail, String detail) {}

  /** Reads the file and says what it holds. */
  Contents read(Consumer<LogPosition> entries) throws IOException {
    try (LogFileReader reader = LogFileReader.open(path)) {
      LogPosition previous = null;
      while (true) {
        switch (reader.next()) {
          case Next.Entry(LogPosition position, long at, _, _, _) -> {
            long due = previous == null ? first : previous.lsn() + 1;
            if (position.lsn() != due) {
              String detail = "expected entry " + due + ", actual entry " + position.lsn();
              return new Contents(previous, at, Tail.BAD, detail);
            }
            previous = position;
            entries.accept(position);
          }
          case Next.End(Tail tail, String detail) -> {
            long end = reader.offset();
            return tail != Tail.CLEAN || reader.restIsZeros()
                ? new Contents(previous, end, tail, detail)
                : new Contents(previous, end, Tail.BAD, "bytes after the end of the log");
          }
        }
      }
    }
  }

  /** The log files of a folder, in the order of their entries. */
  static List<LogFile> in(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(LogFile::at).flatMap(Optional::stream).sorted().toList();
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
