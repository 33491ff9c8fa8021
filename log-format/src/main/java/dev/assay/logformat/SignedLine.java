package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.assay.logformat.FormatException.Corrupt;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A file of one {@link JsonLine} that a node has signed: a body, and behind it the same tail
 * whatever the body is.
 *
 * <pre>
 *   body
 *   ,"checksum":"8 hex"       of every byte of the body
 *   ,"signature":"128 hex"}   Ed25519, of every byte before this comma
 *   newline
 * </pre>
 *
 * <p>In every version, the last {@value #TAIL_LENGTH} characters are as drawn. The checksum tells
 * damage from a newer version and from a foreign hand: what passes it and is not signed as it
 * should be, somebody has made so. Any thread may call.
 */
final class SignedLine {
  private static final HexFormat HEX = HexFormat.of();
  private static final int SIGNATURE_BYTES = 64;
  private static final String CHECKSUM = ",\"checksum\":\"";
  private static final String SIGNATURE = "\",\"signature\":\"";
  private static final String END = "\"}\n";
  private static final int TAIL_LENGTH = 167;

  /** From the comma before the signature to the end. */
  private static final int SIGNATURE_FIELD_LENGTH = 145;

  private final String what;
  private final byte[] file;
  private final String text;

  private SignedLine(String what, byte[] file, String text) {
    this.what = what;
    this.file = file;
    this.text = text;
  }

  /**
   * The file of this body.
   *
   * @param named the fingerprint of the key that the body names
   * @throws IllegalArgumentException when that is another key
   */
  static byte[] sign(JsonLine body, Sha256 named, SigningKey key) {
    Sha256 fingerprint = key.certificate().fingerprint();
    if (!named.equals(fingerprint)) {
      throw new IllegalArgumentException("expected the key " + named + ", actual " + fingerprint);
    }
    byte[] bytes = body.toString().getBytes(ISO_8859_1);
    String checked = body + CHECKSUM + checksum(bytes, bytes.length);
    byte[] signature = key.sign((checked + "\"").getBytes(ISO_8859_1));
    return (checked + SIGNATURE + HEX.formatHex(signature) + END).getBytes(ISO_8859_1);
  }

  private static String checksum(byte[] bytes, int end) {
    return HEX.toHexDigits(Checksum.of(bytes, 0, end));
  }

  /**
   * Reads a file whose checksum is right and whose tail has its form; the signature is NOT checked.
   *
   * @param what it is, for messages
   */
  static SignedLine read(String what, int fileBytesMax, byte[] file) throws FormatException {
    int end = file.length - TAIL_LENGTH;
    if (end < 0 || file.length > fileBytesMax) {
      throw new Corrupt(
          what + "'s length", TAIL_LENGTH + " to " + fileBytesMax + " bytes", file.length);
    }
    SignedLine line = new SignedLine(what, file, new String(file, ISO_8859_1));
    String tail = CHECKSUM + checksum(file, end) + SIGNATURE;
    if (!line.text.startsWith(tail, end)
        || !line.text.endsWith(END)
        || !Hex.isLowerCase(line.signatureDigits())) {
      throw new Corrupt(what + "'s checksum", "one that is right", "damage");
    }
    return line;
  }

  private String signatureDigits() {
    int end = text.length() - END.length();
    return text.substring(end - 2 * SIGNATURE_BYTES, end);
  }

  /** The fields of the body. */
  JsonLine.Reader fields() {
    return new JsonLine.Reader(what, text.substring(0, text.length() - TAIL_LENGTH));
  }

  /**
   * Who has signed according to the body.
   *
   * @param key the fingerprint of the certificate of the key
   */
  record Claim(String cluster, String writer, Sha256 key, long writtenAtMs) {}

  /**
   * Makes sure that one of the cluster's nodes has signed.
   *
   * @throws FormatException when the signature is not the signer's
   * @throws UntrustedSigner when the signer is unknown, or may not sign this
   * @throws IOException when the signer can't be looked up
   */
  void verify(Claim claim, SignerLookup signers) throws UntrustedSigner, IOException {
    SignerCertificate signer = signers.find(claim.key());
    if (signer == null || !signer.fingerprint().equals(claim.key())) {
      throw new UntrustedSigner("the signing key " + claim.key() + " is not known");
    }
    byte[] message = Arrays.copyOf(file, file.length - SIGNATURE_FIELD_LENGTH);
    if (!signer.hasSigned(message, HEX.parseHex(signatureDigits()))) {
      throw new Corrupt(what + "'s signature", "one by " + signer, "another");
    }
    require("node", signer.node(), claim.writer(), signer);
    require("cluster", signer.cluster(), claim.cluster(), signer);
    long at = claim.writtenAtMs();
    if (at < signer.validFromMs() || at > signer.validToMs()) {
      throw new UntrustedSigner(
          "%s is valid from %d to %d ms, the %s is of %d"
              .formatted(signer, signer.validFromMs(), signer.validToMs(), what, at));
    }
  }

  private static void require(String what, String expected, String actual, SignerCertificate signer)
      throws UntrustedSigner {
    if (!actual.equals(expected)) {
      throw new UntrustedSigner(
          "%s signs for %s %s, and not for %s".formatted(signer, what, expected, actual));
    }
  }
}
