package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Ratis's file of the current term and vote, {@code raft-meta}: Java properties, with no checksum.
 */
final class VoteFile {
  static final String NAME = "raft-meta";

  private static final String TERM = "term";
  private static final String VOTED_FOR = "votedFor";

  private VoteFile() {}

  /**
   * @param vote null for none
   */
  record Vote(long term, @Nullable String vote) {}

  /** What the file says; null when it is missing or makes no sense. */
  static @Nullable Vote read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return null;
    }
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(new String(Files.readAllBytes(file), UTF_8)));
      String term = properties.getProperty(TERM);
      String votedFor = properties.getProperty(VOTED_FOR);
      if (term == null || votedFor == null) {
        return null;
      }
      return new Vote(Long.parseLong(term), votedFor.isEmpty() ? null : votedFor);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Puts a vote in the place of what the file says, durably. */
  static void write(Path folder, Vote vote) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(TERM, Long.toString(vote.term()));
    properties.setProperty(VOTED_FOR, vote.vote() == null ? "" : vote.vote());
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Path next = folder.resolve(NAME + ".next");
    try (FileChannel out =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(next, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }
}
