package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.assay.logformat.FormatException.Corrupt;
import java.nio.ByteBuffer;

/**
 * What stands around every small file of Assay's own.
 *
 * <pre>
 *   file    "ASSY" (4)
 *           kind (4 letters)
 *           version of the payload (4)
 *           length of the payload (4)
 *           payload
 *           checksum of everything before (4)
 * </pre>
 *
 * <p>Numbers are big-endian. The envelope is the same whatever the payload's version, so damage is
 * found before the version is believed: corrupt, too old and too new are never mistaken for one
 * another. Any thread may call.
 */
public final class FileEnvelope {
  static final int MAGIC = number("ASSY");

  private static final int HEAD_BYTES = 16;

  private FileEnvelope() {}

  static int number(String letters) {
    return ByteBuffer.wrap(letters.getBytes(US_ASCII)).getInt();
  }

  /**
   * @param version the payload's, from 1
   */
  public static byte[] wrap(FileKind kind, int version, byte[] payload) {
    if (version < 1) {
      throw new IllegalArgumentException("versions begin at 1, not " + version);
    }
    return new BytesWriter(HEAD_BYTES + payload.length + Checksum.BYTES)
        .i32(MAGIC)
        .i32(kind.code())
        .i32(version)
        .i32(payload.length)
        .bytes(payload)
        .checksum(0)
        .toBytes();
  }

  /**
   * The payload of a file that is whole, of this kind, and of a version in the range.
   *
   * @throws FormatException when it is not: Corrupt, TooOld or TooNew
   */
  public static byte[] unwrap(FileKind kind, int versionMin, int versionMax, byte[] file)
      throws FormatException {
    BytesReader in = new BytesReader(file);
    readMagic(in);
    int code = in.i32("kind of the file");
    int version = in.i32("version of the file");
    int length = in.i32("length of the file");
    int expected = file.length - HEAD_BYTES - Checksum.BYTES;
    if (length != expected) {
      throw new Corrupt("length of the file's payload", length, expected);
    }
    byte[] payload = in.bytes(length, "payload of the file");
    in.checksum(0, "checksum of the file");
    checkKind(kind, code);
    FormatVersion.check("file of kind " + kind, versionMin, versionMax, version);
    return payload;
  }

  static void readMagic(BytesReader in) throws FormatException {
    int magic = in.i32("magic of the file");
    if (magic != MAGIC) {
      throw new Corrupt("magic of the file", FileKind.show(MAGIC), FileKind.show(magic));
    }
  }

  static void checkKind(FileKind kind, int code) throws FormatException {
    if (code != kind.code()) {
      throw new Corrupt("kind of the file", FileKind.show(kind.code()), FileKind.show(code));
    }
  }
}
