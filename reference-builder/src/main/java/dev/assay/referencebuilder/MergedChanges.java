package dev.assay.referencebuilder;

import java.io.IOException;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Merges sorted changes; of equal keys, what an earlier source holds comes first. For one thread at
 * a time.
 */
final class MergedChanges implements SortedChanges {
  private record Source(int index, SortedChanges changes, Change next)
      implements Comparable<Source> {
    @Override
    public int compareTo(Source other) {
      int order = next.compareTo(other.next);
      return order != 0 ? order : Integer.compare(index, other.index);
    }
  }

  private final PriorityQueue<Source> sources = new PriorityQueue<>();

  /**
   * @param sources in the order of the log
   */
  MergedChanges(List<SortedChanges> sources) {
    for (int i = 0; i < sources.size(); i++) {
      add(i, sources.get(i));
    }
  }

  private void add(int index, SortedChanges changes) {
    Change next = changes.peek();
    if (next != null) {
      sources.add(new Source(index, changes, next));
    }
  }

  @Override
  public @Nullable Change peek() {
    Source first = sources.peek();
    return first == null ? null : first.next();
  }

  @Override
  public void advance() throws IOException {
    Source first = sources.remove();
    first.changes().advance();
    add(first.index(), first.changes());
  }
}
