package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.HexFormat;

/** What a file is, by four letters after its magic. */
public enum FileKind {
  /** A node's folder: which node of which cluster it belongs to. */
  NODE("NODE"),
  /** What a replica has vouched for: flushed position, term and vote. */
  VOUCH("VOCH"),
  /** A partition's store: of which partition, and which of its data folders is in use. */
  STORE("STOR"),
  /** The note beside a checkpoint: of which run, at which position. */
  CHECKPOINT("CKPT"),
  /** The files of a checkpoint with their digests, for another node to fetch. */
  CHECKPOINT_FILES("CKFL"),
  /** The note beside a consensus snapshot. */
  SNAPSHOT("SNAP"),
  /** Something that was found wrong, kept until it is dealt with. */
  FINDING("FIND"),
  /** Whole-file digests, taken when the files were made. */
  LEDGER("LEDG"),
  /** How far an agent has seen its partition archived. */
  ARCHIVE_CURSOR("ACUR"),
  /** A stream of frames: it begins as an envelope does and goes on as {@link FrameCodec} draws. */
  FRAMES("FRMS"),
  /** Nodes of a tree: it begins as an envelope does and goes on as {@link PackFormat} draws. */
  PACK("PACK");

  private final int code;

  FileKind(String letters) {
    code = FileEnvelope.number(letters);
  }

  int code() {
    return code;
  }

  /** Four letters in a message; hexadecimal digits where they are not letters. */
  static String show(int code) {
    byte[] bytes = new BytesWriter(4).i32(code).toBytes();
    for (byte letter : bytes) {
      if (letter < ' ' || letter > '~') {
        return "0x" + HexFormat.of().toHexDigits(code);
      }
    }
    return new String(bytes, US_ASCII);
  }
}
