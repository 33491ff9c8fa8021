package dev.assay.logformat.tree;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the items in which two trees differ, and reads only nodes that are not in both.
 *
 * <p>Checks: every item of either side, or the digest of a node above it, against the other side.
 * Does not check: whether a tree's nodes end where they should; two roots of one state are equal
 * only if both do. For one thread at a time.
 */
public final class TreeComparison {
  /** Takes what differs, in the order of the keys. */
  @FunctionalInterface
  public interface Differences {
    /** One key at which the sides hold different items; null where one holds nothing. */
    void differs(@Nullable TreeItem left, @Nullable TreeItem right) throws IOException;
  }

  private final TreeCursor left;
  private final TreeCursor right;
  private final Differences differences;

  private TreeComparison(TreeCursor left, TreeCursor right, Differences differences) {
    this.left = left;
    this.right = right;
    this.differences = differences;
  }

  /** Compares all that is left under both cursors, whose trees have the same suite. */
  public static void compare(TreeCursor left, TreeCursor right, Differences differences)
      throws IOException {
    new TreeComparison(left, right, differences).run();
  }

  private void run() throws IOException {
    while (!left.atEnd() || !right.atEnd()) {
      Subtree one = left.subtree();
      Subtree other = right.subtree();
      if (one != null && other != null && one.sameState(other)) {
        left.skip();
        right.skip();
      } else if (one != null || other != null) {
        openHigher(one, other);
      } else {
        compareItems(left.item(), right.item());
      }
    }
  }

  private void openHigher(@Nullable Subtree one, @Nullable Subtree other) throws IOException {
    int oneLevel = one == null ? -1 : one.level();
    int otherLevel = other == null ? -1 : other.level();
    if (oneLevel >= otherLevel) {
      left.open();
    }
    if (otherLevel >= oneLevel) {
      right.open();
    }
  }

  private void compareItems(@Nullable TreeItem one, @Nullable TreeItem other) throws IOException {
    int order =
        one == null ? 1 : other == null ? -1 : Arrays.compareUnsigned(one.key(), other.key());
    if (order < 0) {
      differences.differs(one, null);
    } else if (order > 0) {
      differences.differs(null, other);
    } else if (one != null && !one.equals(other)) {
      differences.differs(one, other);
    }
    if (order <= 0) {
      left.skip();
    }
    if (order >= 0) {
      right.skip();
    }
  }
}
