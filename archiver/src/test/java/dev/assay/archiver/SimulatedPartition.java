package dev.assay.archiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Mutation.ArchiveHead;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A partition's agreed log in memory, and what each of three replicas has of it. */
final class SimulatedPartition {
  static final Owner OWNER = new Owner("test", "accounts", new UUID(1, 2), 3);

  final List<Frame> agreed = new ArrayList<>();
  final List<Replica> replicas = List.of(new Replica(), new Replica(), new Replica());
  final SimulatedClock clock = new SimulatedClock();
  int leader;

  private final RandomGenerator random;
  private long term = 1;
  private long sequence;
  private @Nullable ArchiveHead head;

  /** A clock that a test moves. */
  static final class SimulatedClock implements InstantSource {
    private long nowMs = 1_700_000_000_000L;

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(nowMs);
    }

    void advanceMs(long ms) {
      nowMs += ms;
    }
  }

  SimulatedPartition(RandomGenerator random) {
    this.random = random;
    newTerm();
  }

  /** Consensus's own entries begin a term. */
  void newTerm() {
    term++;
    sequence = 0;
    leader = random.nextInt(replicas.size());
    own(FrameKind.CONFIGURATION);
    own(FrameKind.METADATA);
  }

  private void own(FrameKind kind) {
    agreed.add(new Frame(agreed.size(), term, kind, new byte[0]));
  }

  void put() {
    byte[] key = ("key-" + random.nextInt(1000)).getBytes(UTF_8);
    byte[] item = new byte[1 + random.nextInt(300)];
    random.nextBytes(item);
    batch(new Mutation.Put(key, item, Digest128.NONE));
  }

  void barrier() {
    batch(new Mutation.Barrier(new UUID(random.nextLong(), random.nextLong())));
  }

  void cut() {
    batch(new Mutation.Cut());
  }

  void batch(Mutation... mutations) {
    agreed.add(frame(agreed.size(), OWNER, mutations));
  }

  /** An entry of the current term, of whatever partition. */
  Frame frame(long lsn, Owner owner, Mutation... mutations) {
    Fence fence = new Fence(term, sequence + 1, sequence, "node-" + leader);
    sequence++;
    long time = HybridTime.of(clock.instant().toEpochMilli(), 0);
    Batch batch = new Batch(owner.tableId(), owner.partition(), fence, time, List.of(mutations));
    return new Frame(lsn, term, FrameKind.DATA, BatchCodec.encode(batch));
  }

  /** What every replica has, it has now. */
  void replicate() {
    replicas.forEach(replica -> replica.committed = agreed.size() - 1);
  }

  /** One replica's disk. */
  final class Replica implements CommittedLog {
    long committed = -1;
    long first;

    /** What stands on this disk in place of what was agreed; null for what was agreed. */
    @Nullable Frame damagedEntry;

    /** Whether what was applied can't be read. */
    boolean fails;

    @Override
    public Owner owner() {
      return OWNER;
    }

    @Override
    public long firstLsn() {
      return first;
    }

    @Override
    public long committedLsn() {
      return committed;
    }

    @Override
    public Frames read(long fromLsn) throws IOException {
      if (fromLsn < first) {
        throw new IOException("position " + fromLsn + " is no longer in the log");
      }
      return new Frames() {
        private long next = fromLsn;

        @Override
        public @Nullable Frame next() {
          if (next > committed) {
            return null;
          }
          Frame frame = agreed.get((int) next++);
          Frame damaged = damagedEntry;
          return damaged != null && frame.lsn() == damaged.lsn() ? damaged : frame;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public boolean leads() {
      return replicas.get(leader) == this;
    }

    @Override
    public @Nullable ArchiveHead head() throws IOException {
      if (fails) {
        throw new IOException("the store's disk fails");
      }
      ArchiveHead logged = head;
      return logged;
    }

    @Override
    public void logCut(@Nullable ArchiveHead archived) throws IOException {
      if (!leads()) {
        throw new IOException("another replica leads");
      }
      if (archived == null) {
        batch(new Mutation.Cut());
      } else {
        batch(archived, new Mutation.Cut());
        head = archived;
      }
    }
  }
}
