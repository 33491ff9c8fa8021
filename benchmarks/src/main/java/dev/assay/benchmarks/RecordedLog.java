package dev.assay.benchmarks;

import dev.assay.archiver.CommittedLog;
import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameCodec;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Mutation.Put;
import dev.assay.logformat.SegmentAccount;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A log made beforehand, in a file of frames with their checksums: so an agent that reads it pays
 * for a file and for checking it, as it does for a replica's. Any thread may call.
 */
final class RecordedLog implements CommittedLog {
  private static final UUID TABLE = new UUID(0x5e97, 1);
  private static final long TIME = HybridTime.of(1_800_000_000_000L, 0);
  private static final int BATCH_BYTES = 16 << 10;
  private static final int ITEM_BYTES = 900;
  private static final int BATCHES = 2048;
  private static final int READ_BYTES = 1 << 16;

  private final Recording recording;
  private final Owner owner;
  private final AtomicLong begunNs = new AtomicLong();

  /** What the items hold. */
  enum Items {
    /** Random bytes. */
    RANDOM("random"),
    /** Half random bytes, half zeros. */
    HALF_RANDOM("half random");

    final String words;

    Items(String words) {
      this.words = words;
    }
  }

  /**
   * Frames in a file. Immutable.
   *
   * @param offsets of each frame
   * @param framesBytes of all of them
   */
  record Recording(Path file, long[] offsets, int segments, long framesBytes) {
    /** Records so many whole segments, of batches of 16 KiB with items of 900 bytes. */
    static Recording make(Path file, int segments, Items items) throws IOException {
      List<byte[]> payloads = payloads(items);
      List<Long> offsets = new ArrayList<>();
      long at = 0;
      int ended = 0;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), READ_BYTES)) {
        long segmentBytes = 0;
        for (int lsn = 0; ended < segments; lsn++) {
          Frame frame = new Frame(lsn, 1, FrameKind.DATA, payloads.get(lsn % BATCHES));
          FrameCodec.write(frame, out);
          offsets.add(at);
          at += FrameCodec.encodedSize(frame);
          segmentBytes += FrameCodec.encodedSize(frame);
          if (segmentBytes >= SegmentAccount.FRAMES_BYTES_TO_END) {
            ended++;
            segmentBytes = 0;
          }
        }
      }
      long[] all = offsets.stream().mapToLong(Long::longValue).toArray();
      return new Recording(file, all, segments, at);
    }

    private static List<byte[]> payloads(Items items) {
      Random random = new Random(16);
      List<byte[]> payloads = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        List<Mutation> mutations = new ArrayList<>();
        for (int bytes = 0; bytes < BATCH_BYTES; bytes += ITEM_BYTES) {
          mutations.add(put(random, items));
        }
        Fence fence = new Fence(1, i + 1, i, "node-1");
        payloads.add(BatchCodec.encode(new Batch(TABLE, 0, fence, TIME, mutations)));
      }
      return payloads;
    }

    private static Put put(Random random, Items items) {
      byte[] key = new byte[16];
      byte[] item = new byte[ITEM_BYTES];
      random.nextBytes(key);
      random.nextBytes(item);
      if (items == Items.HALF_RANDOM) {
        Arrays.fill(item, 0, ITEM_BYTES / 2, (byte) 0);
      }
      return new Put(key, item, new Digest128(random.nextLong(), random.nextLong()));
    }

    long lastLsn() {
      return offsets.length - 1L;
    }
  }

  /**
   * @param name of the table, in the archive
   */
  RecordedLog(Recording recording, String cluster, String name) {
    this.recording = recording;
    this.owner = new Owner(cluster, name, TABLE, 0);
  }

  /** When it was read for the first time. */
  long begunNs() {
    return begunNs.get();
  }

  @Override
  public Owner owner() {
    return owner;
  }

  @Override
  public long firstLsn() {
    return 0;
  }

  @Override
  public long committedLsn() {
    return recording.lastLsn();
  }

  @Override
  public Frames read(long fromLsn) throws IOException {
    begunNs.compareAndSet(0, System.nanoTime());
    FileChannel channel = FileChannel.open(recording.file());
    channel.position(fromLsn < recording.offsets().length ? offset(fromLsn) : channel.size());
    InputStream frames = new BufferedInputStream(Channels.newInputStream(channel), READ_BYTES);
    return new Frames() {
      @Override
      public @Nullable Frame next() throws IOException {
        return FrameCodec.read(frames);
      }

      @Override
      public void close() throws IOException {
        frames.close();
      }
    };
  }

  private long offset(long lsn) {
    return recording.offsets()[Math.toIntExact(lsn)];
  }

  @Override
  public boolean leads() {
    return true;
  }

  @Override
  public @Nullable ArchiveHead head() {
    return null;
  }

  /** What is open at the end is nothing: it was recorded in whole segments. */
  @Override
  public void logCut(@Nullable ArchiveHead head) {}
}
