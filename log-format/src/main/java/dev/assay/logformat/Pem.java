package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.assay.logformat.FormatException.Corrupt;
import java.util.Base64;

/** DER between a line that begins it and one that ends it. Any thread may call. */
final class Pem {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";

  /** Ours have a few hundred. */
  private static final int TEXT_LENGTH_MAX = 16 << 10;

  private static final int LINE_LENGTH = 64;

  private Pem() {}

  static String encode(String type, byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(LINE_LENGTH, new byte[] {'\n'});
    return begin(type) + "\n" + new String(encoder.encode(der), US_ASCII) + "\n" + end(type) + "\n";
  }

  /** The DER; the text itself is never shown, since it may be a key. */
  static byte[] decode(String type, String text) throws FormatException {
    if (text.length() > TEXT_LENGTH_MAX) {
      throw new Corrupt(
          "length of the PEM " + type, "at most " + TEXT_LENGTH_MAX + " characters", text.length());
    }
    String body = text.strip();
    if (!body.startsWith(begin(type))
        || !body.endsWith(end(type))
        || body.length() < begin(type).length() + end(type).length()) {
      throw notOne(type, "none");
    }
    body = body.substring(begin(type).length(), body.length() - end(type).length());
    try {
      return Base64.getDecoder().decode(body.replace("\r", "").replace("\n", ""));
    } catch (IllegalArgumentException _) {
      throw notOne(type, "characters that are not Base64");
    }
  }

  private static Corrupt notOne(String type, String actual) {
    return new Corrupt("PEM", "one " + type, actual);
  }

  private static String begin(String type) {
    return "-----BEGIN " + type + "-----";
  }

  private static String end(String type) {
    return "-----END " + type + "-----";
  }
}
