package dev.assay.archiver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Frame;
import dev.assay.logformat.FrameKind;
import dev.assay.logformat.HybridTime;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.ManifestCodec;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.SegmentAccount;
import dev.assay.logformat.SegmentChain;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.SegmentWriter;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.SignerCertificate;
import dev.assay.logformat.SigningAuthority;
import dev.assay.logformat.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An archive in memory, made of small segments of two partitions. What the segments hold can be
 * changed before they are sealed, and the objects afterwards.
 */
final class TestArchive {
  static final String CLUSTER = "demo";
  static final UUID TABLE = UUID.fromString("6f1ed002-ab5e-4c2d-9a53-3c6a3f0e7b11");
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  /** A cluster's root and one of its nodes. */
  record Cluster(SigningAuthority authority, SigningKey key) {

    static Cluster create() {
      SigningAuthority authority =
          SigningAuthority.create(CLUSTER, new SecureRandom(), InstantSource.fixed(NOW));
      return new Cluster(authority, key(authority, "node-a"));
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
  }

  /** A segment as it lies in the archive. */
  record Sealed(
      Owner owner, Manifest manifest, String manifestKey, byte[] file, String key, byte[] object) {

    long first() {
      return manifest.segment().firstLsn();
    }

    long last() {
      return manifest.segment().lastLsn();
    }
  }

  final MemoryStore store = new MemoryStore();
  final Random random;
  final Cluster cluster;

  TestArchive(Cluster cluster, long seed) {
    this.cluster = cluster;
    this.random = new Random(seed);
    publish(cluster.key().certificate());
  }

  void publish(SignerCertificate certificate) {
    put(
        ArchivePaths.certificate(CLUSTER, certificate.fingerprint()),
        certificate.pem().getBytes(US_ASCII));
  }

  static Owner owner(int partition) {
    return new Owner(CLUSTER, "music", TABLE, partition);
  }

  static String wal(Owner owner) {
    return owner.wal();
  }

  /** Some segments' frames, each segment ended by a cut or a barrier. */
  List<List<Frame>> frames(int partition, int segments) {
    List<List<Frame>> all = new ArrayList<>();
    long lsn = 0;
    long term = 1;
    for (int i = 0; i < segments; i++) {
      List<Frame> frames = new ArrayList<>();
      for (int more = random.nextInt(6); more >= 0; more--) {
        term += random.nextInt(4) == 0 ? 1 : 0;
        frames.add(random.nextInt(4) == 0 ? metadata(lsn, term) : put(partition, lsn, term));
        lsn++;
      }
      frames.add(end(partition, lsn++, term));
      all.add(frames);
    }
    return all;
  }

  static Frame metadata(long lsn, long term) {
    return new Frame(lsn, term, FrameKind.METADATA, new byte[0]);
  }

  Frame put(int partition, long lsn, long term) {
    byte[] item = new byte[random.nextInt(200)];
    random.nextBytes(item);
    return data(partition, lsn, term, new Mutation.Put(new byte[] {1}, item, Digest128.NONE));
  }

  Frame end(int partition, long lsn, long term) {
    return data(
        partition,
        lsn,
        term,
        random.nextBoolean() ? new Mutation.Cut() : new Mutation.Barrier(new UUID(1, lsn)));
  }

  static Frame data(int partition, long lsn, long term, Mutation mutation) {
    Fence fence = new Fence(term, lsn + 1, lsn, "node-a");
    Batch batch =
        new Batch(TABLE, partition, fence, HybridTime.of(1000 + lsn, 0), List.of(mutation));
    return new Frame(lsn, term, FrameKind.DATA, BatchCodec.encode(batch));
  }

  /** Puts a partition's segments into the archive, and returns them. */
  List<Sealed> seal(int partition, List<List<Frame>> segments) throws IOException {
    List<Sealed> sealed = new ArrayList<>();
    for (List<Frame> frames : segments) {
      sealed.add(
          seal(partition, frames, summary(frames), sealed.isEmpty() ? null : sealed.getLast()));
    }
    return sealed;
  }

  Sealed seal(int partition, List<Frame> frames, SegmentSummary summary, @Nullable Sealed before)
      throws IOException {
    byte[] object = object(frames);
    Sha256 chain = before == null ? Sha256.NONE : before.manifest().chain();
    Manifest manifest =
        new Manifest(
            CLUSTER,
            "music",
            TABLE,
            partition,
            summary,
            object.length,
            Sha256.of(object),
            SegmentChain.next(chain, summary),
            before == null ? Sha256.NONE : Sha256.of(before.file()),
            "node-a",
            cluster.key().certificate().fingerprint(),
            NOW.toEpochMilli());
    return seal(manifest, cluster.key(), object);
  }

  Sealed seal(Manifest manifest, SigningKey key, byte[] object) {
    Owner owner = owner(manifest.partition());
    long first = manifest.segment().firstLsn();
    Sealed sealed =
        new Sealed(
            owner,
            manifest,
            ArchivePaths.manifest(wal(owner), first),
            ManifestCodec.sign(manifest, key),
            ArchivePaths.segment(wal(owner), first),
            object);
    put(sealed.key(), object);
    put(sealed.manifestKey(), sealed.file());
    return sealed;
  }

  static SegmentSummary summary(List<Frame> frames) throws IOException {
    SegmentAccount account = new SegmentAccount();
    for (Frame frame : frames) {
      boolean data = frame.kind() == FrameKind.DATA;
      account.add(frame, data ? BatchCodec.decode(frame.payload()) : null);
    }
    return account.summary();
  }

  static byte[] object(List<Frame> frames) throws IOException {
    ByteArrayOutputStream object = new ByteArrayOutputStream();
    try (SegmentWriter writer = new SegmentWriter(object)) {
      for (Frame frame : frames) {
        writer.write(frame);
      }
    }
    return object.toByteArray();
  }

  /** The same manifest, with another digest of the file before, key, and time. */
  static Manifest changed(Manifest manifest, Sha256 previous, SigningKey key, long writtenAtMs) {
    return new Manifest(
        manifest.cluster(),
        manifest.table(),
        manifest.tableId(),
        manifest.partition(),
        manifest.segment(),
        manifest.objectBytes(),
        manifest.object(),
        manifest.chain(),
        previous,
        key.certificate().node(),
        key.certificate().fingerprint(),
        writtenAtMs);
  }

  void put(String key, byte[] object) {
    store.objects.put(key, object);
  }

  byte[] object(String key) {
    return Objects.requireNonNull(store.objects.get(key), key);
  }

  /** What is expected when nothing was changed. */
  static ExpectedPartition expected(List<Sealed> sealed) {
    Sealed last = sealed.getLast();
    return new ExpectedPartition(last.owner(), last.last(), Sha256.of(last.file()), last.last(), 0);
  }
}
