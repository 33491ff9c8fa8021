package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.TooNew;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Mutation.Barrier;
import dev.assay.logformat.Mutation.Cut;
import dev.assay.logformat.Mutation.Delete;
import dev.assay.logformat.Mutation.Expire;
import dev.assay.logformat.Mutation.Ingest;
import dev.assay.logformat.Mutation.Put;
import dev.assay.logformat.Mutation.Reserved;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A batch as the payload of a log entry.
 *
 * <pre>
 *   batch     version (1 byte, 01)
 *             table (16), partition (4)
 *             term (8), sequence (8), follows (8), node (length, UTF-8)
 *             hybrid time (8)
 *             count (varint), mutation...
 *             checksum of everything before (4)
 *
 *   mutation  kind (1), length of the body (varint), body
 *
 *    1 put      key (length, bytes), before (16), item (the rest of the body)
 *    2 delete   key (length, bytes), before (16)
 *    3 expire   key (length, bytes), before (16)
 *    4 barrier  run (16)
 *    5 cut      nothing
 *    6 ingest   SHA-256 of the base root's record (32)
 *   48 head     last archived LSN (8), SHA-256 of that segment's manifest file (32)
 *
 *   reserved, carried by number:
 *   16 to 23    transaction intents
 *   24 to 31    transaction outcomes
 *   32 to 39    idempotency tokens
 *   40 to 47    index entries
 *   49 to 55    archive heads
 * </pre>
 *
 * <p>Fixed-width numbers are big-endian. In every version the first byte is the version and the
 * last four are the checksum of all before them, so that damage is told from a newer version. Keys
 * and items are carried as they are and not looked into. Any thread may call.
 */
public final class BatchCodec {
  public static final int VERSION = 1;

  static final int PUT = 1;
  static final int DELETE = 2;
  static final int EXPIRE = 3;
  static final int BARRIER = 4;
  static final int CUT = 5;

  /** The number of {@link Ingest}. */
  public static final int INGEST = 6;

  static final int ARCHIVE_HEAD = 48;

  /** Kinds that have a purpose, but, but for {@link #ARCHIVE_HEAD}, no meaning yet. */
  public static final int RESERVED_MIN = 16;

  public static final int RESERVED_MAX = 55;

  private static final String KINDS = "1 to 6, 16 to 55";

  private BatchCodec() {}

  /**
   * @throws IllegalArgumentException when the fence or a reserved kind is out of its range
   */
  public static byte[] encode(Batch batch) {
    Fence fence = batch.fence();
    if (!isOrdered(fence)) {
      throw new IllegalArgumentException("a batch comes after the one that it follows: " + fence);
    }
    BytesWriter out = new BytesWriter(sizeExpected(batch));
    out.u8(VERSION);
    out.uuid(batch.table()).i32(batch.partition());
    out.i64(fence.term()).i64(fence.sequence()).i64(fence.follows()).text(fence.node());
    out.i64(batch.hybridTime());
    out.varint(batch.mutations().size());
    for (Mutation mutation : batch.mutations()) {
      write(out, mutation);
    }
    return out.checksum(0).toBytes();
  }

  private static int sizeExpected(Batch batch) {
    long size = 128;
    for (Mutation mutation : batch.mutations()) {
      size += 64;
      if (mutation instanceof Put put) {
        size += put.key().length + put.item().length;
      }
    }
    return (int) Math.min(size, 1 << 24);
  }

  private static boolean isOrdered(Fence fence) {
    return fence.term() >= 0 && fence.follows() >= 0 && fence.sequence() > fence.follows();
  }

  private static void write(BytesWriter out, Mutation mutation) {
    switch (mutation) {
      case Put(byte[] key, byte[] item, Digest128 before) ->
          out.u8(PUT).varint(keyedSize(key) + item.length).sized(key).digest(before).bytes(item);
      case Delete(byte[] key, Digest128 before) ->
          out.u8(DELETE).varint(keyedSize(key)).sized(key).digest(before);
      case Expire(byte[] key, Digest128 before) ->
          out.u8(EXPIRE).varint(keyedSize(key)).sized(key).digest(before);
      case Barrier(UUID run) -> out.u8(BARRIER).varint(2 * Long.BYTES).uuid(run);
      case Cut() -> out.u8(CUT).varint(0);
      case Ingest(byte[] rootSha256) -> {
        if (rootSha256.length != Sha256.BYTES) {
          throw new IllegalArgumentException("not a SHA-256: " + rootSha256.length + " bytes");
        }
        out.u8(INGEST).sized(rootSha256);
      }
      case ArchiveHead(long lastLsn, Sha256 manifest) -> {
        if (lastLsn < 0) {
          throw new IllegalArgumentException("LSNs begin at 0, not " + lastLsn);
        }
        out.u8(ARCHIVE_HEAD).varint(Long.BYTES + Sha256.BYTES).i64(lastLsn);
        out.bytes(manifest.toBytes());
      }
      case Reserved(int kind, byte[] payload) -> {
        if (!isReserved(kind)) {
          throw new IllegalArgumentException("not a reserved kind: " + kind);
        }
        out.u8(kind).sized(payload);
      }
    }
  }

  private static int keyedSize(byte[] key) {
    return BytesWriter.varintSize(key.length) + key.length + Digest128.BYTES;
  }

  private static boolean isReserved(int kind) {
    return kind >= RESERVED_MIN && kind <= RESERVED_MAX && kind != ARCHIVE_HEAD;
  }

  public static Batch decode(byte[] bytes) throws FormatException {
    checkWhole(bytes);
    BytesReader in = new BytesReader(bytes, 0, bytes.length - Checksum.BYTES);
    FormatVersion.check("batch", VERSION, VERSION, in.u8("batch's version"));
    UUID table = in.uuid("batch's table");
    int partition = in.i32("batch's partition");
    Fence fence =
        new Fence(
            in.i64("fence's term"),
            in.i64("fence's sequence"),
            in.i64("fence's predecessor"),
            in.text("fence's node"));
    if (!isOrdered(fence)) {
      throw new Corrupt("batch's fence", "a sequence above the one it follows", fence);
    }
    long hybridTime = in.i64("batch's time");
    int count = in.count(2, "batch's count");
    List<Mutation> mutations = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      mutations.add(read(in));
    }
    in.end("batch");
    return new Batch(table, partition, fence, hybridTime, mutations);
  }

  private static void checkWhole(byte[] bytes) throws FormatException {
    if (bytes.length <= Checksum.BYTES) {
      throw new Corrupt("batch's length", "more than " + Checksum.BYTES + " bytes", bytes.length);
    }
    BytesReader whole = new BytesReader(bytes);
    whole.skip(bytes.length - Checksum.BYTES, "batch");
    whole.checksum(0, "batch's checksum");
  }

  private static Mutation read(BytesReader in) throws FormatException {
    int kind = in.u8("mutation's kind");
    BytesReader body = in.slice(in.length("mutation's length"), "mutation");
    Mutation mutation =
        switch (kind) {
          case PUT -> {
            byte[] key = body.sized("put's key");
            Digest128 before = body.digest("put's before-digest");
            yield new Put(key, body.bytes(body.remaining(), "put's item"), before);
          }
          case DELETE ->
              new Delete(body.sized("delete's key"), body.digest("delete's before-digest"));
          case EXPIRE ->
              new Expire(body.sized("expire's key"), body.digest("expire's before-digest"));
          case BARRIER -> new Barrier(body.uuid("barrier's run"));
          case CUT -> new Cut();
          case INGEST -> new Ingest(body.bytes(Sha256.BYTES, "ingest's root"));
          case ARCHIVE_HEAD -> readArchiveHead(body);
          default -> readReserved(kind, body);
        };
    body.end("mutation");
    return mutation;
  }

  private static Mutation readArchiveHead(BytesReader body) throws FormatException {
    long lastLsn = body.i64("archive head's LSN");
    if (lastLsn < 0) {
      throw new Corrupt("archive head's LSN", "at least 0", lastLsn);
    }
    return new ArchiveHead(lastLsn, Sha256.read(body, "archive head's manifest"));
  }

  private static Mutation readReserved(int kind, BytesReader body) throws FormatException {
    if (kind == 0) {
      throw new Corrupt("mutation's kind", "one of " + KINDS, kind);
    }
    if (!isReserved(kind)) {
      throw new TooNew("mutation's kind", KINDS, kind);
    }
    return new Reserved(kind, body.bytes(body.remaining(), "reserved mutation"));
  }
}
