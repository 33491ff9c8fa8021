package dev.assay.replicastore.consensus;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * One of Ratis's log files, read by us before Ratis reads it.
 *
 * <pre>
 *   file    "RaftLog1" (8), then entries, then zeros
 *   entry   length n (variable, 7 bits a byte, low bits first)
 *           LogEntryProto (n): 08 term, 10 index, ...
 *           CRC-32C of the length and the proto (4, big-endian)
 *
 *   log_FIRST-LAST         closed: its last entry is known by its name
 *   log_inprogress_FIRST   open
 * </pre>
 *
 * <p>Ratis reads the same with two differences that matter: zeros are its end of a closed file too,
 * and a torn last entry fails its start. Here the reader says where the good entries end, and what
 * follows them, and leaves it to {@link LogFolder} what that means.
 */
final class LogFile implements Comparable<LogFile> {
  private static final byte[] MAGIC = {'R', 'a', 'f', 't', 'L', 'o', 'g', '1'};
  private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
  private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");
  private static final int TERM_TAG = 0x08;
  private static final int INDEX_TAG = 0x10;

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
    byte[] file = Files.readAllBytes(path);
    if (!isHeader(file)) {
      int length = Math.min(file.length, MAGIC.length);
      boolean cut = length < MAGIC.length || isZero(file, 0);
      return new Contents(
          null,
          0,
          cut ? Tail.CUT : Tail.BAD,
          "expected the header RaftLog1, actual bytes "
              + HexFormat.of().formatHex(file, 0, length));
    }
    int at = MAGIC.length;
    LogPosition previous = null;
    while (at < file.length && file[at] != 0) {
      Entry entry = entry(file, at);
      if (entry.position == null) {
        return new Contents(previous, at, entry.tail, entry.detail);
      }
      long due = previous == null ? first : previous.lsn() + 1;
      if (entry.position.lsn() != due) {
        return new Contents(
            previous,
            at,
            Tail.BAD,
            "expected entry " + due + ", actual entry " + entry.position.lsn());
      }
      previous = entry.position;
      entries.accept(previous);
      at = entry.end;
    }
    boolean zeros = isZero(file, at);
    return new Contents(
        previous, at, zeros ? Tail.CLEAN : Tail.BAD, zeros ? "" : "bytes after the end of the log");
  }

  private static boolean isHeader(byte[] file) {
    return file.length >= MAGIC.length
        && Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static boolean isZero(byte[] file, int from) {
    for (int i = from; i < file.length; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private record Entry(@Nullable LogPosition position, int end, Tail tail, String detail) {}

  private static Entry entry(byte[] file, int start) throws IOException {
    int length = 0;
    int at = start;
    for (int shift = 0; ; shift += 7) {
      if (at == file.length) {
        return new Entry(null, start, Tail.CUT, "the file ends within an entry");
      }
      byte digit = file[at++];
      length |= (digit & 0x7f) << shift;
      if (digit >= 0) {
        break;
      }
      if (shift == 28) {
        return new Entry(null, start, Tail.BAD, "the length of an entry does not end");
      }
    }
    if (length < 0) {
      return new Entry(null, start, Tail.BAD, "the length of an entry is negative");
    }
    if (length > file.length - at - Integer.BYTES) {
      return new Entry(null, start, Tail.CUT, "the file ends within an entry");
    }
    CRC32C checksum = new CRC32C();
    checksum.update(file, start, at - start + length);
    int actual = ByteBuffer.wrap(file).getInt(at + length);
    if ((int) checksum.getValue() != actual) {
      return new Entry(
          null,
          start,
          Tail.BAD,
          String.format("expected checksum %08x, actual %08x", (int) checksum.getValue(), actual));
    }
    return new Entry(
        position(CodedInputStream.newInstance(file, at, length)),
        at + length + Integer.BYTES,
        Tail.CLEAN,
        "");
  }

  /** The fields of a proto are written in the order of their numbers: term and index come first. */
  private static LogPosition position(CodedInputStream proto) throws IOException {
    long term = 0;
    long index = 0;
    for (int tag = proto.readTag(); tag == TERM_TAG || tag == INDEX_TAG; tag = proto.readTag()) {
      if (tag == TERM_TAG) {
        term = proto.readUInt64();
      } else {
        index = proto.readUInt64();
      }
    }
    return new LogPosition(index, term);
  }
}
