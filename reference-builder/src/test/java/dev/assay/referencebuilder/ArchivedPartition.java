package dev.assay.referencebuilder;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.archiver.MemoryStore;
import dev.assay.archiver.ObjectStore;
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
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRootCodec;
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
import dev.assay.logformat.tree.NodeSink;
import dev.assay.logformat.tree.NodeSource;
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
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
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

  /** The state as a tree, whose nodes can be read. */
  record Truth(Subtree root, NodeSource nodes) {}

  final MemoryStore store = new MemoryStore();
  final SigningKey key;

  /** Of another node of the cluster. */
  final SigningKey otherKey;

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
    this(authority());
  }

  private ArchivedPartition(SigningAuthority authority) {
    this(key(authority, "node-a"), key(authority, "node-b"));
  }

  private ArchivedPartition(SigningKey key, SigningKey otherKey) {
    this.key = key;
    this.otherKey = otherKey;
    signers =
        fingerprint ->
            Stream.of(key.certificate(), otherKey.certificate())
                .filter(each -> each.fingerprint().equals(fingerprint))
                .findAny()
                .orElse(null);
  }

  /** Another archive of the same partition by the same nodes, empty. */
  ArchivedPartition another() {
    return new ArchivedPartition(key, otherKey);
  }

  private static SigningAuthority authority() {
    return SigningAuthority.create(
        PARTITION.cluster(), new SecureRandom(), InstantSource.fixed(NOW));
  }

  /** A key that calls itself the node's, and that no root of this cluster has certified. */
  static SigningKey foreignKey() {
    return key(authority(), "node-a");
  }

  private static SigningKey key(SigningAuthority authority, String node) {
    SigningAuthority.Issued issued = authority.issue(node, Duration.ofDays(30));
    try {
      return SigningKey.parse(
          issued.privateKeyPem(), SignerCertificate.parse(issued.certificatePem()));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  ReferenceBuilder builder(FoldOptions options) throws IOException {
    return builder(options, store);
  }

  ReferenceBuilder builder(FoldOptions options, ObjectStore through) throws IOException {
    return new ReferenceBuilder(through, through, signers, key, InstantSource.fixed(NOW), options);
  }

  /** What a builder comes to, where something is archived. */
  static Reference build(ReferenceBuilder builder, long lsnMax, FoldProgress progress)
      throws IOException {
    return Objects.requireNonNull(builder.build(PARTITION, lsnMax, progress));
  }

  static Reference buildFromGenesis(ReferenceBuilder builder, long lsnMax, FoldProgress progress)
      throws IOException {
    return Objects.requireNonNull(builder.buildFromGenesis(PARTITION, lsnMax, progress));
  }

  /** One of another node. */
  ReferenceBuilder builder(FoldOptions options, SigningKey by) throws IOException {
    return new ReferenceBuilder(store, store, signers, by, InstantSource.fixed(NOW), options);
  }

  /** One that reads frames otherwise. */
  ReferenceBuilder builder(FoldOptions options, FrameReader frames) throws IOException {
    return new ReferenceBuilder(
        store, store, signers, key, InstantSource.fixed(NOW), options, frames);
  }

  long lastLsn() {
    return nextLsn - 1;
  }

  /** What a put of an item at a key says, if it is evaluated now. */
  Mutation put(String name, byte[] item) {
    return new Mutation.Put(bytes(name), item, before(name));
  }

  /** What it says after an item that the same batch has put there. */
  static Mutation put(String name, byte[] item, byte[] before) {
    return new Mutation.Put(bytes(name), item, ItemDigest.of(bytes(name), before));
  }

  static Mutation delete(String name, byte[] before) {
    return new Mutation.Delete(bytes(name), ItemDigest.of(bytes(name), before));
  }

  boolean holds(String name) {
    return items.containsKey(bytes(name));
  }

  Mutation delete(String name) {
    return new Mutation.Delete(bytes(name), before(name));
  }

  Mutation expire(String name) {
    return new Mutation.Expire(bytes(name), before(name));
  }

  Digest128 before(String name) {
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
    turnTimeBack(1);
  }

  /** A negative number turns it on again. */
  void turnTimeBack(int times) {
    time -= (long) times << 20;
  }

  /** What follows is of a term before. */
  void turnTermBack() {
    term--;
    sequence += 100;
    follows = 0;
  }

  /** Logs an entry whose payload may be no batch of this partition. */
  void payload(byte[] payload) throws IOException {
    frame(FrameKind.DATA, payload);
  }

  /** An accepted batch of another partition, as bytes. */
  byte[] batchOf(UUID tableId, int partition) {
    Fence fence = new Fence(term, sequence + 1, follows, "node-a");
    return BatchCodec.encode(new Batch(tableId, partition, fence, time, List.of()));
  }

  private void frame(FrameKind kind, byte[] payload) throws IOException {
    pending.add(new Frame(nextLsn, term, kind, payload));
    nextLsn++;
    states.add(state());
  }

  /** The tree of what the map holds. */
  private Subtree state() throws IOException {
    return state(node -> Place.NOWHERE);
  }

  /** The same, whose nodes can be read. */
  Truth truth() throws IOException {
    List<byte[]> nodes = new ArrayList<>();
    Subtree root =
        state(
            node -> {
              nodes.add(node);
              return new Place(0, nodes.size() - 1, node.length, Sha256.NONE);
            });
    return new Truth(root, subtree -> nodes.get(subtree.place().offset()));
  }

  private Subtree state(NodeSink sink) throws IOException {
    TreeBuilder builder =
        new TreeBuilder(PARTITION.suite(), new Boundaries(PARTITION.seed()), sink);
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
    archiveAsItIs();
  }

  /** Archives what is logged, whose last batch ends the segment. */
  void archiveAsItIs() throws IOException {
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

  private @Nullable Batch batch(Frame frame) {
    try {
      return frame.kind() == FrameKind.DATA ? BatchCodec.decode(frame.payload()) : null;
    } catch (FormatException noBatch) {
      Fence fence = new Fence(term, 1, 0, "node-a");
      return new Batch(PARTITION.tableId(), PARTITION.partition(), fence, time, List.of());
    }
  }

  private void store(SegmentSummary segment, byte[] object) throws IOException {
    chain = SegmentChain.next(chain, segment);
    Manifest manifest =
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
            NOW.toEpochMilli());
    store.create(ArchivePaths.segment(PARTITION.wal(), segment.firstLsn()), object);
    store(manifest, key);
  }

  /** Puts a manifest in the place of what is there; a segment that is archived next follows it. */
  void store(Manifest manifest, SigningKey signer) {
    byte[] file = ManifestCodec.sign(manifest, signer);
    previous = Sha256.of(file);
    store.objects.put(ArchivePaths.manifest(PARTITION.wal(), manifest.segment().firstLsn()), file);
  }

  /** Keeps a root's record, whatever it says, under its right name. */
  Reference store(ReferenceRoot root, SigningKey signer) {
    byte[] file = ReferenceRootCodec.sign(root, signer);
    String name = ArchivePaths.root(PARTITION.reference(), root.lsn(), Sha256.of(file));
    store.objects.put(name, file);
    return new Reference(name, root);
  }

  /** The same root with another tree and other packs, by another writer. */
  static ReferenceRoot edited(
      ReferenceRoot root, Subtree tree, List<ReferenceRoot.Pack> packs, SigningKey signer) {
    return new ReferenceRoot(
        root.cluster(),
        root.table(),
        root.tableId(),
        root.partition(),
        root.lsn(),
        root.segmentLsn(),
        root.term(),
        root.cursorTerm(),
        root.cursorSequence(),
        root.time(),
        root.base(),
        root.manifest(),
        root.chain(),
        root.lineageBreaks(),
        root.suite(),
        tree,
        packs,
        signer.certificate().node(),
        signer.certificate().fingerprint(),
        root.writtenAtMs());
  }

  /** The first LSN of a segment, counted from 0. */
  long firstLsn(int segment) {
    return segment == 0 ? 0 : ends.get(segment - 1) + 1;
  }

  /** The key of a segment's object. */
  String segmentKey(int segment) {
    return ArchivePaths.segment(PARTITION.wal(), firstLsn(segment));
  }

  String manifestKey(int segment) {
    return ArchivePaths.manifest(PARTITION.wal(), firstLsn(segment));
  }

  byte[] object(String objectKey) {
    return Objects.requireNonNull(store.objects.get(objectKey));
  }

  Manifest manifest(int segment) throws IOException {
    return ManifestCodec.read(object(manifestKey(segment)));
  }

  /** The keys of all roots' records. */
  List<String> roots() {
    return keys(ArchivePaths.roots(PARTITION.reference()));
  }

  List<String> packs() {
    return keys(ArchivePaths.packs(PARTITION.reference()));
  }

  private List<String> keys(String prefix) {
    return store.objects.keySet().stream().filter(each -> each.startsWith(prefix)).toList();
  }
}
