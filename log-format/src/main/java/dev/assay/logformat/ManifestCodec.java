package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.assay.logformat.FormatException.Corrupt;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
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
 * <p>In every version, the last {@value #TAIL_LENGTH} characters are as drawn. The checksum tells
 * damage from a newer version and from a foreign hand: what passes it and is not signed as it
 * should be, somebody has made so. Any thread may call.
 */
public final class ManifestCodec {
  public static final int VERSION = 1;

  /** More than any manifest has. */
  public static final int FILE_BYTES_MAX = 4096;

  private static final HexFormat HEX = HexFormat.of();
  private static final int SIGNATURE_BYTES = 64;
  private static final String CHECKSUM = ",\"checksum\":\"";
  private static final String SIGNATURE = "\",\"signature\":\"";
  private static final String END = "\"}\n";
  private static final int TAIL_LENGTH = 167;

  /** From the comma before the signature to the end. */
  private static final int SIGNATURE_FIELD_LENGTH = 145;

  private ManifestCodec() {}

  /**
   * @throws IllegalArgumentException when the manifest names another key, or makes no sense
   */
  public static byte[] sign(Manifest manifest, SigningKey key) {
    if (!manifest.key().equals(key.certificate().fingerprint())) {
      throw new IllegalArgumentException(
          "expected the key " + manifest.key() + ", actual " + key.certificate().fingerprint());
    }
    byte[] body = body(manifest).getBytes(ISO_8859_1);
    String checked = body(manifest) + CHECKSUM + checksum(body);
    byte[] signature = key.sign((checked + "\"").getBytes(ISO_8859_1));
    byte[] file = (checked + SIGNATURE + HEX.formatHex(signature) + END).getBytes(ISO_8859_1);
    try {
      read(file);
    } catch (FormatException e) {
      throw new IllegalArgumentException("not a manifest: " + e.getMessage(), e);
    }
    return file;
  }

  private static String checksum(byte[] body) {
    return HEX.toHexDigits(Checksum.of(body, 0, body.length));
  }

  /** The fields before the checksum. */
  static String body(Manifest manifest) {
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
        .text("firstTime", HEX.toHexDigits(segment.firstTime()))
        .text("lastTime", HEX.toHexDigits(segment.lastTime()))
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
        .number("writtenAtMs", manifest.writtenAtMs())
        .toString();
  }

  /** Reads a manifest, whose signature is NOT checked. */
  public static Manifest read(byte[] file) throws FormatException {
    JsonLine.Reader in = new JsonLine.Reader("manifest", checkedBody(file));
    FormatVersion.check("manifest", VERSION, VERSION, (int) in.number("manifest", 999_999));
    String cluster = name(in, "cluster");
    String table = name(in, "table");
    UUID tableId = uuid(in.text("tableId"));
    int partition = (int) in.number("partition", Integer.MAX_VALUE);
    long firstLsn = in.number("firstLsn", Long.MAX_VALUE);
    long lastLsn = in.number("lastLsn", Long.MAX_VALUE);
    long firstTerm = in.number("firstTerm", Long.MAX_VALUE);
    long lastTerm = in.number("lastTerm", Long.MAX_VALUE);
    long firstTime = time(in.text("firstTime"));
    long lastTime = time(in.text("lastTime"));
    long entries = in.number("entries", Long.MAX_VALUE);
    long mutations = in.number("mutations", Long.MAX_VALUE);
    long framesBytes = in.number("framesBytes", SegmentAccount.FRAMES_BYTES_MAX);
    Sha256 frames = Sha256.parse(in.text("frames"));
    long objectBytes = in.number("objectBytes", SegmentWriter.OBJECT_BYTES_MAX);
    Sha256 object = Sha256.parse(in.text("object"));
    Sha256 chain = Sha256.parse(in.text("chain"));
    Sha256 previous = Sha256.parse(in.text("previous"));
    String writer = name(in, "writer");
    Sha256 key = Sha256.parse(in.text("key"));
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

  /** The fields before the checksum, which is right; the rest of the tail has its form. */
  private static String checkedBody(byte[] file) throws FormatException {
    int end = file.length - TAIL_LENGTH;
    if (end < 0 || file.length > FILE_BYTES_MAX) {
      throw new Corrupt(
          "manifest's length", TAIL_LENGTH + " to " + FILE_BYTES_MAX + " bytes", file.length);
    }
    String text = new String(file, ISO_8859_1);
    String signature = signatureDigits(text);
    String tail = CHECKSUM + checksum(Arrays.copyOf(file, end)) + SIGNATURE;
    if (!text.startsWith(tail, end) || !text.endsWith(END) || !Hex.isLowerCase(signature)) {
      throw new Corrupt("manifest's checksum", "one that is right", "damage");
    }
    return text.substring(0, end);
  }

  private static String signatureDigits(String text) {
    int end = text.length() - END.length();
    return text.substring(end - 2 * SIGNATURE_BYTES, end);
  }

  private static String name(JsonLine.Reader in, String field) throws FormatException {
    String name = in.text(field);
    if (!ArchivePaths.isName(name)) {
      throw new Corrupt("manifest's " + field, "a name", "\"" + name + "\"");
    }
    return name;
  }

  private static UUID uuid(String text) throws FormatException {
    if (text.length() == 36) {
      try {
        UUID uuid = UUID.fromString(text);
        if (uuid.toString().equals(text)) {
          return uuid;
        }
      } catch (IllegalArgumentException e) {
        throw new Corrupt("manifest's tableId", "a lower-case UUID", "\"" + text + "\"");
      }
    }
    throw new Corrupt("manifest's tableId", "a lower-case UUID", "\"" + text + "\"");
  }

  private static long time(String text) throws FormatException {
    if (text.length() != 16 || !Hex.isLowerCase(text)) {
      throw new Corrupt("manifest's time", "16 hexadecimal digits", "\"" + text + "\"");
    }
    return HexFormat.fromHexDigitsToLong(text);
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
    Manifest manifest = read(file);
    SignerCertificate signer = signers.find(manifest.key());
    if (signer == null || !signer.fingerprint().equals(manifest.key())) {
      throw new UntrustedSigner("the signing key " + manifest.key() + " is not known");
    }
    byte[] message = Arrays.copyOf(file, file.length - SIGNATURE_FIELD_LENGTH);
    byte[] signature = HEX.parseHex(signatureDigits(new String(file, ISO_8859_1)));
    if (!signer.hasSigned(message, signature)) {
      throw new Corrupt("manifest's signature", "one by " + signer, "another");
    }
    require("node", signer.node(), manifest.writer(), signer);
    require("cluster", signer.cluster(), manifest.cluster(), signer);
    long at = manifest.writtenAtMs();
    if (at < signer.validFromMs() || at > signer.validToMs()) {
      throw new UntrustedSigner(
          "%s is valid from %d to %d ms, the manifest is of %d"
              .formatted(signer, signer.validFromMs(), signer.validToMs(), at));
    }
    return manifest;
  }

  private static void require(String what, String expected, String actual, SignerCertificate signer)
      throws UntrustedSigner {
    if (!actual.equals(expected)) {
      throw new UntrustedSigner(
          "%s signs for %s %s, and not for %s".formatted(signer, what, expected, actual));
    }
  }
}
