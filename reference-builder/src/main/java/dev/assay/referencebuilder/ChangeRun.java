package dev.assay.referencebuilder;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.FormatException.CutShort;
import dev.assay.logformat.tree.Digest;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sorted changes in a file that lives as long as one fold.
 *
 * <pre>
 *   run      block..., length of the rest (4): 00000000
 *   block    length of the rest (4), change..., checksum of all changes of the block (4)
 *   change   key (sized bytes), LSN (8), before (16), node (text)
 *            length of the item + 1, or 0 for none (varint), and if there is one, its digest (sized)
 * </pre>
 *
 * For one thread at a time.
 */
final class ChangeRun implements SortedChanges, Closeable {
  private static final int BLOCK_BYTES = 1 << 16;

  private final Path file;
  private final DataInputStream in;
  private final Map<String, String> nodes = new HashMap<>();
  private @Nullable BytesReader block;
  private @Nullable Change next;

  private ChangeRun(Path file) throws IOException {
    this.file = file;
    this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BLOCK_BYTES));
    advance();
  }

  /** Writes changes, for {@link #open}. */
  static void write(Path file, SortedChanges changes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      BytesWriter block = new BytesWriter(2 * BLOCK_BYTES);
      for (Change change = changes.peek(); change != null; change = changes.peek()) {
        write(block, change);
        changes.advance();
        if (block.size() >= BLOCK_BYTES) {
          write(out, block);
          block = new BytesWriter(2 * BLOCK_BYTES);
        }
      }
      if (block.size() > 0) {
        write(out, block);
      }
      out.write(new byte[Integer.BYTES]);
    }
  }

  private static void write(OutputStream out, BytesWriter block) throws IOException {
    byte[] bytes = block.checksum(0).toBytes();
    out.write(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    out.write(bytes);
  }

  private static void write(BytesWriter block, Change change) {
    block.sized(change.key()).i64(change.lsn()).digest(change.before()).text(change.node());
    Digest after = change.after();
    if (after == null) {
      block.varint(0);
    } else {
      block.varint(change.bytes() + 1).sized(after.toBytes());
    }
  }

  static ChangeRun open(Path file) throws IOException {
    return new ChangeRun(file);
  }

  @Override
  public @Nullable Change peek() {
    return next;
  }

  @Override
  public void advance() throws IOException {
    BytesReader current = block;
    if (current == null || current.remaining() == 0) {
      current = nextBlock();
      block = current;
    }
    next = current == null ? null : read(current);
  }

  private @Nullable BytesReader nextBlock() throws IOException {
    byte[] head = in.readNBytes(Integer.BYTES);
    if (head.length < Integer.BYTES) {
      throw new CutShort(file.toString(), Integer.BYTES, head.length);
    }
    int length = ByteBuffer.wrap(head).getInt();
    if (length == 0 && in.read() < 0) {
      return null;
    }
    if (length <= Integer.BYTES) {
      throw new Corrupt(file + ": a block's length", "more than " + Integer.BYTES, length);
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new CutShort(file.toString(), length, bytes.length);
    }
    BytesReader whole = new BytesReader(bytes);
    whole.skip(length - Integer.BYTES, "block");
    try {
      whole.checksum(0, "checksum of a block");
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
    return new BytesReader(bytes, 0, length - Integer.BYTES);
  }

  private Change read(BytesReader from) throws FormatException {
    byte[] key = from.sized("key");
    long lsn = from.i64("LSN");
    Digest128 before = from.digest("before");
    String node = nodes.computeIfAbsent(from.text("node"), known -> known);
    int length = from.varint("length");
    return length == 0
        ? Change.delete(key, lsn, before, node)
        : Change.put(key, lsn, before, Digest.of(from.sized("digest")), length - 1, node);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
