package dev.assay.referencebuilder;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.tree.TreeEdits;
import dev.assay.logformat.tree.TreeItem;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out changes key by key, in the order of the log.
 *
 * <p>Checks: each mutation names the item that its key held at that point. One that does not is
 * told, and takes effect all the same, as it does on the replicas. For one thread at a time.
 */
final class LineageEdits implements TreeEdits {
  private final SortedChanges changes;
  private final Consumer<LineageBreak> breaks;

  LineageEdits(SortedChanges changes, Consumer<LineageBreak> breaks) {
    this.changes = changes;
    this.breaks = breaks;
  }

  @Override
  public byte @Nullable [] key() {
    Change next = changes.peek();
    return next == null ? null : next.key();
  }

  @Override
  public @Nullable TreeItem edit(@Nullable TreeItem before) throws IOException {
    TreeItem held = before;
    byte[] key = null;
    for (Change next = changes.peek(); next != null; next = changes.peek()) {
      if (key != null && !Arrays.equals(key, next.key())) {
        break;
      }
      key = next.key();
      requireLineage(held, next);
      held = next.item();
      changes.advance();
    }
    return held;
  }

  private void requireLineage(@Nullable TreeItem held, Change change) {
    Digest128 expected = held == null ? Digest128.NONE : held.digest().lineage();
    if (!expected.equals(change.before())) {
      breaks.accept(
          new LineageBreak(change.key(), change.lsn(), expected, change.before(), change.node()));
    }
  }
}
