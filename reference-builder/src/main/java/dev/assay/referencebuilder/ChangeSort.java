package dev.assay.referencebuilder;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the changes of a stretch of log by their keys, those of one key in the order of the log.
 * What does not fit in its part of the heap goes to files, which are deleted at the end. For one
 * thread at a time.
 */
final class ChangeSort implements Closeable {
  private final Path folder;
  private final long heapBytesMax;
  private final List<Path> files = new ArrayList<>();
  private final List<ChangeRun> runs = new ArrayList<>();
  private List<Change> changes = new ArrayList<>();
  private long heapBytes;

  /**
   * @param folder for its files, which nobody else uses
   */
  ChangeSort(Path folder, long heapBytesMax) {
    this.folder = folder;
    this.heapBytesMax = heapBytesMax;
  }

  /** Adds the next change of the log. */
  void add(Change change) throws IOException {
    changes.add(change);
    heapBytes += change.heapBytes();
    if (heapBytes >= heapBytesMax) {
      spill();
    }
  }

  private void spill() throws IOException {
    Collections.sort(changes);
    Path file = folder.resolve("changes-" + files.size());
    files.add(file);
    ChangeRun.write(file, changes);
    changes = new ArrayList<>();
    heapBytes = 0;
  }

  /** The changes in the order of their keys; nothing can be added afterwards. */
  SortedChanges sorted() throws IOException {
    if (files.isEmpty()) {
      Collections.sort(changes);
      return new InHeap(changes.iterator());
    }
    if (!changes.isEmpty()) {
      spill();
    }
    for (Path file : files) {
      runs.add(ChangeRun.open(file));
    }
    return new Merged(runs);
  }

  @Override
  public void close() throws IOException {
    for (ChangeRun run : runs) {
      run.close();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** All of them were in the heap. */
  private static final class InHeap implements SortedChanges {
    private final Iterator<Change> changes;
    private @Nullable Change next;

    InHeap(Iterator<Change> changes) {
      this.changes = changes;
      advance();
    }

    @Override
    public @Nullable Change peek() {
      return next;
    }

    @Override
    public void advance() {
      next = changes.hasNext() ? changes.next() : null;
    }
  }

  /** Merges runs; of equal keys, what an earlier run holds comes first. */
  private static final class Merged implements SortedChanges {
    private record Source(int index, ChangeRun run, Change next) implements Comparable<Source> {
      @Override
      public int compareTo(Source other) {
        int order = next.compareTo(other.next);
        return order != 0 ? order : Integer.compare(index, other.index);
      }
    }

    private final PriorityQueue<Source> sources = new PriorityQueue<>();

    Merged(List<ChangeRun> runs) {
      for (int i = 0; i < runs.size(); i++) {
        add(i, runs.get(i));
      }
    }

    private void add(int index, ChangeRun run) {
      Change next = run.peek();
      if (next != null) {
        sources.add(new Source(index, run, next));
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
      first.run().advance();
      add(first.index(), first.run());
    }
  }
}
