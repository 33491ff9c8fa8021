package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.consensus.Vouch.Owed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The checksummed record, beside Ratis's own files, of what this node has vouched for in its
 * groups. It exists because zeros read as a clean end of Ratis's log and its vote file has no
 * checksum: both could lose what was promised to others without a sign.
 *
 * <p>Two files are written in turn, each fsynced, so that a cut while writing leaves the one
 * before. Votes are written before they are answered. Flushed positions follow within a moment
 * ({@link ConsensusOptions#vouchEvery}); a position is lowered before the log is cut back, never
 * after. So what was flushed in that last moment is not vouched for, and nothing is vouched for
 * that was not flushed: the record may miss a loss, and never claims a false one.
 *
 * <pre>
 *   envelope of kind VOCH, version 1; payload:
 *     sequence (8), the higher of the two files counts
 *     number of groups (4), each:
 *       group (16), term (8), vote (2 + UTF-8; empty: none),
 *       flushed lsn (8), flushed term (8), owed (1), owed lsn (8), owed term (8)
 * </pre>
 *
 * <p>Any thread may call.
 */
final class VouchFile implements AutoCloseable {
  private static final int VERSION = 1;
  private static final int GROUPS_MAX = 1 << 20;

  private final Path folder;
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("consensus-vouch").factory());
  private final Map<UUID, Vouch> vouches = new LinkedHashMap<>();
  private long sequence;
  private boolean changed;

  private VouchFile(Path folder, @Nullable Slot newest) {
    this.folder = folder;
    if (newest != null) {
      sequence = newest.sequence;
      vouches.putAll(newest.vouches);
    }
  }

  private record Slot(long sequence, Map<UUID, Vouch> vouches) {}

  static VouchFile open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Slot newest = null;
    for (int i = 0; i < 2; i++) {
      Path file = folder.resolve(name(i));
      if (!Files.exists(file)) {
        continue;
      }
      Slot slot = readable(file);
      if (slot != null && (newest == null || slot.sequence > newest.sequence)) {
        newest = slot;
      }
    }
    return new VouchFile(folder, newest);
  }

  /**
   * What a file says; null when it is damaged. A cut while writing leaves one of two like that, and
   * the other one counts; without either, every group that has a log has lost its record.
   */
  private static @Nullable Slot readable(Path file) throws IOException {
    try {
      return read(Files.readAllBytes(file));
    } catch (FormatException.TooNew | FormatException.TooOld e) {
      throw new IOException(file + " can't be used by this version: " + e.getMessage(), e);
    } catch (FormatException damaged) {
      return null;
    }
  }

  synchronized @Nullable Vouch of(UUID group) {
    return vouches.get(group);
  }

  /** Changes what is vouched for in a group; on disk with the next {@link #write}. */
  synchronized void update(UUID group, UnaryOperator<Vouch> change) {
    Vouch before = vouches.get(group);
    Vouch after = change.apply(before == null ? Vouch.none(group) : before);
    if (!after.equals(before)) {
      vouches.put(group, after);
      changed = true;
    }
  }

  synchronized void forget(UUID group) {
    if (vouches.remove(group) != null) {
      changed = true;
    }
  }

  /** Makes the changes durable, if there are any. */
  void write() throws IOException {
    if (hasChanges()) {
      onDisk(this::writeNow);
    }
  }

  private synchronized boolean hasChanges() {
    return changed;
  }

  /** Makes what was made, renamed or deleted in a folder durable. */
  void forceFolder(Path changedFolder) throws IOException {
    onDisk(() -> force(changedFolder));
  }

  private interface DiskTask {
    void run() throws IOException;
  }

  /**
   * Ratis interrupts threads that wait for votes, and an interrupt in the middle of a write closes
   * the file under it; so the writing is done where no interrupt comes.
   */
  private void onDisk(DiskTask task) throws IOException {
    try {
      CompletableFuture.runAsync(
              () -> {
                try {
                  task.run();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              disk)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw e;
    }
  }

  private synchronized void writeNow() throws IOException {
    if (!changed) {
      return;
    }
    byte[] file = FileEnvelope.wrap(FileKind.VOUCH, VERSION, payload(sequence + 1));
    Path path = folder.resolve(name((int) ((sequence + 1) & 1)));
    boolean isNew = !Files.exists(path);
    try (FileChannel out =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(file);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.truncate(file.length);
      out.force(true);
    }
    if (isNew) {
      force(folder);
    }
    sequence++;
    changed = false;
  }

  private static void force(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Nothing is written any more. */
  @Override
  public void close() {
    disk.shutdown();
  }

  private static String name(int slot) {
    return "vouch-" + slot;
  }

  private byte[] payload(long newSequence) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(newSequence);
    out.writeInt(vouches.size());
    for (Vouch vouch : vouches.values()) {
      byte[] vote = vouch.vote() == null ? new byte[0] : vouch.vote().getBytes(UTF_8);
      Owed owed = vouch.owed();
      out.writeLong(vouch.group().getMostSignificantBits());
      out.writeLong(vouch.group().getLeastSignificantBits());
      out.writeLong(vouch.term());
      out.writeShort(vote.length);
      out.write(vote);
      out.writeLong(vouch.flushed().lsn());
      out.writeLong(vouch.flushed().term());
      out.writeBoolean(owed != null);
      out.writeLong(owed == null ? 0 : owed.lsn());
      out.writeLong(owed == null ? 0 : owed.term());
    }
    return bytes.toByteArray();
  }

  private static Slot read(byte[] file) throws IOException {
    DataInputStream in =
        new DataInputStream(
            new ByteArrayInputStream(FileEnvelope.unwrap(FileKind.VOUCH, VERSION, VERSION, file)));
    long sequence = in.readLong();
    int count = in.readInt();
    if (count < 0 || count > GROUPS_MAX) {
      throw new FormatException.Corrupt("number of groups", "0 to " + GROUPS_MAX, count);
    }
    Map<UUID, Vouch> vouches = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      Vouch vouch = readVouch(in);
      vouches.put(vouch.group(), vouch);
    }
    return new Slot(sequence, vouches);
  }

  private static Vouch readVouch(DataInputStream in) throws IOException {
    UUID group = new UUID(in.readLong(), in.readLong());
    long term = in.readLong();
    byte[] vote = new byte[in.readUnsignedShort()];
    in.readFully(vote);
    LogPosition flushed = new LogPosition(in.readLong(), in.readLong());
    boolean owes = in.readBoolean();
    Owed owed = new Owed(in.readLong(), in.readLong());
    return new Vouch(
        group,
        term,
        vote.length == 0 ? null : new String(vote, UTF_8),
        flushed,
        owes ? owed : null);
  }
}
