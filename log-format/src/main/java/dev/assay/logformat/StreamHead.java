package dev.assay.logformat;

import dev.assay.logformat.FormatException.CutShort;

/**
 * What a file begins with that is no {@link FileEnvelope}, because its length is not known when it
 * is begun, or does not fit.
 *
 * <pre>
 *   head    "ASSY" (4)
 *           kind (4 letters)
 *           version (4)
 *           checksum of these 12 bytes (4)
 * </pre>
 *
 * Any thread may call.
 */
final class StreamHead {
  static final int BYTES = 16;

  private StreamHead() {}

  static byte[] of(FileKind kind, int version) {
    return new BytesWriter(BYTES)
        .i32(FileEnvelope.MAGIC)
        .i32(kind.code())
        .i32(version)
        .checksum(0)
        .toBytes();
  }

  /**
   * Makes sure that the bytes begin with the head of this kind and version.
   *
   * @param what begins so, for messages
   */
  static void check(FileKind kind, String what, int version, byte[] bytes) throws FormatException {
    if (bytes.length < BYTES) {
      throw new CutShort("head of the " + what, BYTES, bytes.length);
    }
    BytesReader in = new BytesReader(bytes, 0, BYTES);
    FileEnvelope.readMagic(in);
    int actualKind = in.i32("kind of the file");
    int actualVersion = in.i32("version of the " + what);
    in.checksum(0, "checksum of the head of the " + what);
    FileEnvelope.checkKind(kind, actualKind);
    FormatVersion.check(what, version, version, actualVersion);
  }
}
