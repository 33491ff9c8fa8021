package dev.assay.referencebuilder;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.tree.TreeItem;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks in the archive for the bytes of every item of a tree. The items come in the order of their
 * keys and lie in that of the log, so they are sorted first, on the local disk if need be; each
 * segment is read about once.
 *
 * <p>Checks: the frame at an item's position puts an item at its key that has its digest and its
 * length. Does not check: whether that frame's batch was accepted. For one thread, once.
 */
final class BodyCheck implements Closeable {
  private static final int PORTION_ITEMS = 1 << 14;

  private final Path folder;
  private final ChangeSort sort;
  private final ItemBodies bodies;
  private final CheckProgress progress;
  private final Consumer<Unprovable> findings;

  BodyCheck(
      FoldParts parts, ItemBodies bodies, CheckProgress progress, Consumer<Unprovable> findings)
      throws IOException {
    FoldOptions options = parts.options();
    this.folder = Files.createTempDirectory(options.folder(), Fold.FOLDER_PREFIX);
    this.sort = new ChangeSort(folder, options.sortHeapBytes(), parts.executor());
    this.bodies = bodies;
    this.progress = progress;
    this.findings = findings;
  }

  /** Adds an item that is to be looked for. */
  void add(TreeItem item) throws IOException {
    byte[] order =
        ByteBuffer.allocate(Long.BYTES + item.key().length)
            .putLong(item.lsn())
            .put(item.key())
            .array();
    sort.add(Change.put(order, item.lsn(), Digest128.NONE, item.digest(), item.bytes(), ""));
  }

  /** Looks for all of them; nothing can be added afterwards. */
  void run() throws IOException {
    SortedChanges sorted = sort.sorted();
    while (sorted.peek() != null) {
      List<TreeItem> portion = portion(sorted);
      bodies.read(portion, this::requireLength, findings::accept);
      progress.bodiesRead(portion.size());
    }
  }

  private static List<TreeItem> portion(SortedChanges sorted) throws IOException {
    List<TreeItem> portion = new ArrayList<>();
    for (Change next = sorted.peek();
        next != null && portion.size() < PORTION_ITEMS;
        next = sorted.peek()) {
      portion.add(item(next.item()));
      sorted.advance();
    }
    return portion;
  }

  private static TreeItem item(@Nullable TreeItem ordered) {
    if (ordered == null) {
      throw new IllegalStateException("only items are added");
    }
    byte[] key = Arrays.copyOfRange(ordered.key(), Long.BYTES, ordered.key().length);
    return new TreeItem(key, ordered.digest(), ordered.lsn(), ordered.bytes());
  }

  private void requireLength(TreeItem item, byte[] body) {
    if (body.length != item.bytes()) {
      String what = "length of the item at key " + ReferenceCheck.hex(item.key());
      Corrupt detail = new Corrupt(what, body.length, item.bytes());
      findings.accept(
          new Unprovable(Kind.CORRUPT, bodies.folder(), item.lsn(), item.lsn(), detail));
    }
  }

  @Override
  public void close() throws IOException {
    sort.close();
    Files.deleteIfExists(folder);
  }
}
