package dev.assay.referencebuilder;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.archiver.MemoryStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.ItemDigest;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentAccount;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.SegmentWriter;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SignerCertificate;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.SigningAuthority;
import dev.assay.logformat.SigningKey;
import dev.assay.logformat.tree.Boundaries;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import dev.assay.logformat.tree.TreeBuilder;
import dev.assay.logformat.tree.TreeItem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The archive of one partition in memory, written as it goes, and beside it a plain map of what the
 * partition holds: what a fold has to come to.
 */
final class ArchivedPartition {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final Partition PARTITION =
      new Partition(
          "demo",
          "accounts",
          UUID.fromString("6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11"),
          2,
          DigestSuite.XXH3_128,
          0x5eedL);

  /** What the partition holds at a key. */
  private record Held(byte[] item, long lsn) {}

  final MemoryStore store = new MemoryStore();
  final SigningKey key;
  final SignerLookup signers;

  /** The state after each LSN, as the digest of a tree that is built from scratch. */
  final List<Subtree> states = new ArrayList<>();

  /** The LSN after which each segment ends. */
  final List<Long> ends = new ArrayList<>();

  private final TreeMap<byte[], Held> items = new TreeMap<>(Arrays::compareUnsigned);
  private final List<Frame> pending = new ArrayList<>();
  private long nextLsn;
  private long term = 1;
  private long sequence;
  private long follows;
  private long time = HybridTime.of(1_700_000_000_000L, 0);
  private Sha256 chain = Sha256.NONE;
  private Sha256 previous = Sha256.NONE;

  ArchivedPartition() {
    SigningAuthority authority =
        SigningAuthority.create(PARTITION.cluster(), new SecureRandom(), InstantSource.fixed(NOW));
    key = key(authority, "node-a");
    signers =
        fingerprint ->
            fingerprint.equals(key.certificate().fingerprint()) ? key.certificate() : null;
  }

  static SigningKey key(SigningAuthority authority, String node) {
    SigningAuthority.Issued issued = authority.issue(node, Duration.ofDays(30));
    try {
      return SigningKey.parse(
          issued.privateKeyPem(), SignerCertificate.parse(issued.certificatePem()));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  ReferenceBuilder builder(FoldOptions options) throws IOException {
    return new ReferenceBuilder(store, store, signers, key, InstantSource.fixed(NOW), options);
  }

  long lastLsn() {
    return nextLsn - 1;
  }

  /** What a put of an item at a key says, if it is evaluated now. */
  Mutation put(String name, byte[] item) {
    return new Mutation.Put(bytes(name), item, before(name));
  }

  Mutation delete(String name) {
    return new Mutation.Delete(bytes(name), before(name));
  }

  Mutation expire(String name) {
    return new Mutation.Expire(bytes(name), before(name));
  }

  private Digest128 before(String name) {
    Held held = items.get(bytes(name));
    return held == null ? Digest128.NONE : ItemDigest.of(bytes(name), held.item());
  }

  static byte[] bytes(String name) {
    return name.getBytes(UTF_8);
  }

  /** Logs a batch that is accepted. */
  void batch(Mutation... mutations) throws IOException {
    sequence++;
    log(new Fence(term, sequence, follows, "node-a"), mutations);
    follows = sequence;
  }

  /** Logs a batch that has no effect, because it follows another than the last one. */
  void refusedBatch(Mutation... mutations) throws IOException {
    sequence += 2;
    frame(FrameKind.DATA, encoded(new Fence(term, sequence, sequence - 1, "node-b"), mutations));
  }

  /** Logs a batch that has no effect, because it was evaluated in a term before. */
  void staleBatch(Mutation... mutations) throws IOException {
    Fence fence = new Fence(term - 1, sequence + 7, follows, "node-b");
    frame(FrameKind.DATA, encoded(fence, mutations));
  }

  void log(Fence fence, Mutation... mutations) throws IOException {
    for (Mutation mutation : mutations) {
      switch (mutation) {
        case Mutation.Put put -> items.put(put.key(), new Held(put.item(), nextLsn));
        case Mutation.Delete delete -> items.remove(delete.key());
        case Mutation.Expire expire -> items.remove(expire.key());
        case Mutation.Barrier barrier -> {}
        case Mutation.Cut cut -> {}
        case Mutation.Ingest ingest -> {}
        case Mutation.ArchiveHead head -> {}
        case Mutation.Reserved reserved -> {}
      }
    }
    frame(FrameKind.DATA, encoded(fence, mutations));
  }

  private byte[] encoded(Fence fence, Mutation... mutations) {
    time++;
    return BatchCodec.encode(
        new Batch(PARTITION.tableId(), PARTITION.partition(), fence, time, List.of(mutations)));
  }

  /** Consensus's own entries begin a term. */
  void newTerm() throws IOException {
    term++;
    sequence = 0;
    follows = 0;
    frame(FrameKind.CONFIGURATION, new byte[0]);
    frame(FrameKind.METADATA, new byte[0]);
  }

  void turnTimeBack() {
    time -= 1 << 20;
  }

  private void frame(FrameKind kind, byte[] payload) throws IOException {
    pending.add(new Frame(nextLsn, term, kind, payload));
    nextLsn++;
    states.add(state());
  }

  /** The tree of what the map holds. */
  Subtree state() throws IOException {
    TreeBuilder builder =
        new TreeBuilder(PARTITION.suite(), new Boundaries(PARTITION.seed()), node -> Place.NOWHERE);
    for (var each : items.entrySet()) {
      Held held = each.getValue();
      builder.add(
          new TreeItem(
              each.getKey(),
              PARTITION.suite().item(each.getKey(), held.item()),
              held.lsn(),
              held.item().length));
    }
    return builder.finish();
  }

  /** Ends the segment and archives it. */
  void archive() throws IOException {
    batch(new Mutation.Cut());
    SegmentAccount account = new SegmentAccount();
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (SegmentWriter writer = new SegmentWriter(object)) {
      for (Frame frame : pending) {
        writer.write(frame);
        account.add(frame, batch(frame));
      }
    }
    store(account.summary(), object.toByteArray());
    pending.clear();
    ends.add(lastLsn());
  }

  private static @Nullable Batch batch(Frame frame) throws FormatException {
    return frame.kind() == FrameKind.DATA ? BatchCodec.decode(frame.payload()) : null;
  }

  private void store(SegmentSummary segment, byte[] object) throws IOException {
    chain = SegmentChain.next(chain, segment);
    byte[] manifest =
        ManifestCodec.sign(
            new Manifest(
                PARTITION.cluster(),
                PARTITION.table(),
                PARTITION.tableId(),
                PARTITION.partition(),
                segment,
                object.length,
                Sha256.of(object),
                chain,
                previous,
                key.certificate().node(),
                key.certificate().fingerprint(),
                NOW.toEpochMilli()),
            key);
    previous = Sha256.of(manifest);
    store.create(ArchivePaths.segment(PARTITION.wal(), segment.firstLsn()), object);
    store.create(ArchivePaths.manifest(PARTITION.wal(), segment.firstLsn()), manifest);
  }

  /** The text of an object. */
  String text(String objectKey) {
    return new String(store.objects.get(objectKey), US_ASCII);
  }
}
