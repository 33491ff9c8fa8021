package dev.assay.logformat;

/**
 * A pack: nodes of a tree that one fold has made, as one object.
 *
 * <pre>
 *   pack    "ASSY", "PACK", version (4, 00000001), checksum of these 12 bytes (4)
 *           node...        one after the other, with nothing between
 * </pre>
 *
 * <p>It is named by the SHA-256 of all its bytes. Where a node begins and ends, the one above it
 * says, or the root's record: a pack can't be read by itself. It ends with the node with which it
 * has {@value #PACK_BYTES_TO_END} bytes or more, or with the last one of the fold. Any thread may
 * call.
 */
public final class PackFormat {
  public static final int VERSION = 1;

  /** The offset of the first node. */
  public static final int HEAD_BYTES = StreamHead.BYTES;

  /** No node follows when a pack, with its head, has so many bytes. */
  public static final int PACK_BYTES_TO_END = 16 << 20;

  private PackFormat() {}

  /** What every pack begins with. */
  public static byte[] head() {
    return StreamHead.of(FileKind.PACK, VERSION);
  }

  /**
   * Makes sure that bytes begin as a pack does. What follows is not looked at.
   *
   * @param pack all of it, or at least its first {@link #HEAD_BYTES}
   */
  public static void checkHead(byte[] pack) throws FormatException {
    StreamHead.check(FileKind.PACK, "pack", VERSION, pack);
  }
}
