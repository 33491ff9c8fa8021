package dev.assay.logformat;

import dev.assay.logformat.FormatException.Corrupt;
import java.io.IOException;
import java.util.UUID;

/**
 * A manifest as a file: one JSON object on one line, with exactly these fields in this order and
 * without any space.
 *
 * <pre>
 *   {"manifest":1,            version of the format
 *    "cluster":"...", "table":"...", "tableId":"lower-case UUID", "partition":N,
 *    "firstLsn":N, "lastLsn":N, "firstTerm":N, "lastTerm":N,
 *    "firstTime":"16 hex", "lastTime":"16 hex",                hybrid times
 *    "entries":N, "mutations":N, "framesBytes":N, "frames":"64 hex",
 *    "objectBytes":N, "object":"64 hex",
 *    "chain":"64 hex", "previous":"64 hex",
 *    "writer":"...", "key":"64 hex", "writtenAtMs":N,
 *    "checksum":"8 hex",      of every byte before this field's comma
 *    "signature":"128 hex"}   Ed25519, of every byte before this field's comma
 *   newline
 * </pre>
 *
 * <p>Numbers are decimal, not negative and without leading zeros; names are of letters, digits,
 * dots, dashes and underscores; hexadecimal digits are lower-case. So there is one encoding of each
 * manifest, and nothing in it is ever escaped.
 *
 * <p>{@link SignedLine} says what the tail is for. Any thread may call.
 */
public final class ManifestCodec {
  public static final int VERSION = 1;

  /** More than any manifest has. */
  public static final int FILE_BYTES_MAX = 4096;

  private static final String WHAT = "manifest";

  private ManifestCodec() {}

  /**
   * @throws IllegalArgumentException when the manifest names another key, or makes no sense
   */
  public static byte[] sign(Manifest manifest, SigningKey key) {
    byte[] file = SignedLine.sign(body(manifest), manifest.key(), key);
    try {
      read(file);
    } catch (FormatException e) {
      throw new IllegalArgumentException("not a manifest: " + e.getMessage(), e);
    }
    return file;
  }

  /** The fields before the checksum. */
  static JsonLine body(Manifest manifest) {
    SegmentSummary segment = manifest.segment();
    return new JsonLine()
        .number("manifest", VERSION)
        .text("cluster", manifest.cluster())
        .text("table", manifest.table())
        .text("tableId", manifest.tableId())
        .number("partition", manifest.partition())
        .number("firstLsn", segment.firstLsn())
        .number("lastLsn", segment.lastLsn())
        .number("firstTerm", segment.firstTerm())
        .number("lastTerm", segment.lastTerm())
        .time("firstTime", segment.firstTime())
        .time("lastTime", segment.lastTime())
        .number("entries", segment.entries())
        .number("mutations", segment.mutations())
        .number("framesBytes", segment.framesBytes())
        .text("frames", segment.frames())
        .number("objectBytes", manifest.objectBytes())
        .text("object", manifest.object())
        .text("chain", manifest.chain())
        .text("previous", manifest.previous())
        .text("writer", manifest.writer())
        .text("key", manifest.key())
        .number("writtenAtMs", manifest.writtenAtMs());
  }

  /** Reads a manifest, whose signature is NOT checked. */
  public static Manifest read(byte[] file) throws FormatException {
    return read(SignedLine.read(WHAT, FILE_BYTES_MAX, file));
  }

  private static Manifest read(SignedLine line) throws FormatException {
    JsonLine.Reader in = line.fields();
    in.version("manifest", VERSION);
    String cluster = in.name("cluster");
    String table = in.name("table");
    UUID tableId = in.uuid("tableId");
    int partition = (int) in.number("partition", Integer.MAX_VALUE);
    long firstLsn = in.number("firstLsn", Long.MAX_VALUE);
    long lastLsn = in.number("lastLsn", Long.MAX_VALUE);
    long firstTerm = in.number("firstTerm", Long.MAX_VALUE);
    long lastTerm = in.number("lastTerm", Long.MAX_VALUE);
    long firstTime = in.time("firstTime");
    long lastTime = in.time("lastTime");
    long entries = in.number("entries", Long.MAX_VALUE);
    long mutations = in.number("mutations", Long.MAX_VALUE);
    long framesBytes = in.number("framesBytes", SegmentAccount.FRAMES_BYTES_MAX);
    Sha256 frames = in.sha256("frames");
    long objectBytes = in.number("objectBytes", SegmentWriter.OBJECT_BYTES_MAX);
    Sha256 object = in.sha256("object");
    Sha256 chain = in.sha256("chain");
    Sha256 previous = in.sha256("previous");
    String writer = in.name("writer");
    Sha256 key = in.sha256("key");
    long writtenAtMs = in.number("writtenAtMs", Long.MAX_VALUE);
    in.end();
    if (lastLsn < firstLsn || entries != lastLsn - firstLsn + 1) {
      throw new Corrupt("manifest's entries", firstLsn + " to " + lastLsn, entries);
    }
    if (lastTerm < firstTerm) {
      throw new Corrupt("manifest's last term", "at least " + firstTerm, lastTerm);
    }
    SegmentSummary segment =
        new SegmentSummary(
            firstLsn,
            lastLsn,
            firstTerm,
            lastTerm,
            firstTime,
            lastTime,
            entries,
            mutations,
            framesBytes,
            frames);
    return new Manifest(
        cluster,
        table,
        tableId,
        partition,
        segment,
        objectBytes,
        object,
        chain,
        previous,
        writer,
        key,
        writtenAtMs);
  }

  /**
   * Reads a manifest that one of the cluster's nodes has signed.
   *
   * @throws FormatException when the file is damaged, or its signature is not the signer's
   * @throws UntrustedSigner when the signer is unknown, or may not sign this
   * @throws IOException when the signer can't be looked up
   */
  public static Manifest verify(byte[] file, SignerLookup signers)
      throws UntrustedSigner, IOException {
    SignedLine line = SignedLine.read(WHAT, FILE_BYTES_MAX, file);
    Manifest manifest = read(line);
    line.verify(
        new SignedLine.Claim(
            manifest.cluster(), manifest.writer(), manifest.key(), manifest.writtenAtMs()),
        signers);
    return manifest;
  }
}
