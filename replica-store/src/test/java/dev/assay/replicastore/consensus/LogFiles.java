package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.APPEND;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** Writes log files as Ratis does, for tests that plant what Ratis does not. */
final class LogFiles {
  private final Path folder;

  LogFiles(Path folder) {
    this.folder = folder;
  }

  Path open(long first) {
    return folder.resolve("log_inprogress_" + first);
  }

  Path closed(long first, long last) {
    return folder.resolve("log_" + first + "-" + last);
  }

  /** A new file that holds these entries. */
  Path write(Path file, byte[]... entries) throws IOException {
    Files.write(file, "RaftLog1".getBytes(US_ASCII));
    return append(file, entries);
  }

  Path append(Path file, byte[]... entries) throws IOException {
    for (byte[] entry : entries) {
      Files.write(file, entry, APPEND);
    }
    return file;
  }

  static byte[] entry(long lsn, long term, byte[] payload) {
    return encode(
        LogEntryProto.newBuilder()
            .setTerm(term)
            .setIndex(lsn)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(payload)))
            .build());
  }

  static byte[] entry(long lsn, long term) {
    return entry(lsn, term, payload(lsn, term));
  }

  static byte[] payload(long lsn, long term) {
    return ("entry " + lsn + " of term " + term).getBytes(US_ASCII);
  }

  static byte[] encode(LogEntryProto proto) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      proto.writeDelimitedTo(out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    CRC32C checksum = new CRC32C();
    checksum.update(out.toByteArray());
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    return out.toByteArray();
  }
}
