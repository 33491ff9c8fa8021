package dev.assay.replicastore.consensus;

import dev.assay.replicastore.consensus.LogFile.Tail;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of one log file from its beginning on, by pieces. Where it can't go on it stays
 * put, so that {@link #next} may be asked again when the file has grown. For one thread.
 *
 * <pre>
 *   file    "RaftLog1" (8), then entries, then zeros
 *   entry   length n (variable, 7 bits a byte, low bits first)
 *           LogEntryProto (n): 08 term, 10 index, ...
 *           CRC-32C of the length and the proto (4, big-endian)
 * </pre>
 *
 * <p>Checks every entry's checksum. Does not check that entries follow one another.
 */
final class LogFileReader implements Closeable {
  private static final byte[] MAGIC = {'R', 'a', 'f', 't', 'L', 'o', 'g', '1'};
  private static final int TERM_TAG = 0x08;
  private static final int INDEX_TAG = 0x10;
  private static final int READ_BYTES = 256 * 1024;
  private static final int ENTRY_BYTES_MAX = Integer.MAX_VALUE - 8;

  private final FileChannel channel;
  private byte[] buffer = new byte[READ_BYTES];
  private int begin;
  private int end;

  /** Where in the file {@link #begin} is. */
  private long offset;

  private LogFileReader(FileChannel channel) {
    this.channel = channel;
  }

  static LogFileReader open(Path file) throws IOException {
    return new LogFileReader(FileChannel.open(file));
  }

  /** What comes next in the file. */
  sealed interface Next {
    /**
     * @param at where in the file it begins
     * @param bytes hold the proto, from {@code from} on, until the next call
     */
    record Entry(LogPosition position, long at, byte[] bytes, int from, int length)
        implements Next {}

    /**
     * No entry. {@link Tail#CLEAN} means that the file ends here or goes on with a zero; what is
     * behind the zero was not looked at.
     */
    record End(Tail tail, String detail) implements Next {}
  }

  /** Where in the file the next entry begins. */
  long offset() {
    return offset;
  }

  Next next() throws IOException {
    Next.End noHeader = offset == 0 ? header() : null;
    if (noHeader != null) {
      return noHeader;
    }
    if (!has(1) || buffer[begin] == 0) {
      return new Next.End(Tail.CLEAN, "");
    }
    int length = 0;
    int digits = 0;
    for (boolean more = true; more; digits++) {
      if (digits == 5) {
        return new Next.End(
            Tail.BAD, "expected the length of an entry, actual a number without an end");
      }
      if (!has(digits + 1)) {
        return cut();
      }
      byte digit = buffer[begin + digits];
      length |= (digit & 0x7f) << (7 * digits);
      more = digit < 0;
    }
    return length < 0
        ? new Next.End(Tail.BAD, "expected the length of an entry, actual " + length)
        : entry(digits, length);
  }

  private Next entry(int digits, int length) throws IOException {
    long whole = digits + (long) length + Integer.BYTES;
    if (whole > Math.min(ENTRY_BYTES_MAX, channel.size() - offset) || !has((int) whole)) {
      return cut();
    }
    CRC32C checksum = new CRC32C();
    checksum.update(buffer, begin, digits + length);
    int expected = (int) checksum.getValue();
    int actual = ByteBuffer.wrap(buffer).getInt(begin + digits + length);
    if (expected != actual) {
      return new Next.End(
          Tail.BAD, String.format("expected checksum %08x, actual %08x", expected, actual));
    }
    int from = begin + digits;
    LogPosition position = position(CodedInputStream.newInstance(buffer, from, length));
    long at = offset;
    skip((int) whole);
    return new Next.Entry(position, at, buffer, from, length);
  }

  private static Next.End cut() {
    return new Next.End(Tail.CUT, "expected the rest of an entry, actual the end of the file");
  }

  private Next.@Nullable End header() throws IOException {
    has(MAGIC.length);
    int length = Math.min(end - begin, MAGIC.length);
    byte[] actual = Arrays.copyOfRange(buffer, begin, begin + length);
    if (Arrays.equals(actual, MAGIC)) {
      skip(MAGIC.length);
      return null;
    }
    boolean cut = length < MAGIC.length || restIsZeros();
    return new Next.End(
        cut ? Tail.CUT : Tail.BAD,
        "expected the header RaftLog1, actual bytes " + HexFormat.of().formatHex(actual));
  }

  /** Whether the rest of the file, from here on, is zeros. */
  boolean restIsZeros() throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(READ_BYTES);
    long at = offset;
    for (int read = channel.read(piece, at); read >= 0; read = channel.read(piece.clear(), at)) {
      for (int i = 0; i < read; i++) {
        if (piece.get(i) != 0) {
          return false;
        }
      }
      at += read;
    }
    return true;
  }

  /** Reads again from the file what was read ahead of the last entry. */
  void forget() {
    end = begin;
  }

  private void skip(int bytes) {
    begin += bytes;
    offset += bytes;
  }

  /** Whether the file has so many more bytes; they are in the buffer then. */
  private boolean has(int needed) throws IOException {
    if (end - begin >= needed) {
      return true;
    }
    byte[] larger = needed <= buffer.length ? buffer : new byte[needed];
    System.arraycopy(buffer, begin, larger, 0, end - begin);
    buffer = larger;
    end -= begin;
    begin = 0;
    while (end < needed) {
      int room = Math.min(buffer.length - end, READ_BYTES);
      int read = channel.read(ByteBuffer.wrap(buffer, end, room), offset + end);
      if (read < 0) {
        return false;
      }
      end += read;
    }
    return true;
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

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
