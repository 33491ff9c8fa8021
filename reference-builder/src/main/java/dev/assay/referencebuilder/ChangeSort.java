package dev.assay.referencebuilder;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the changes of a stretch of log by their keys, those of one key in the order of the log.
 * Portions are sorted on the executor's threads while more come in. What does not fit in its part
 * of the heap goes to files, which are deleted at the end. For one thread at a time.
 */
final class ChangeSort implements Closeable {
  private static final int PORTION = 1 << 14;

  private final Path folder;
  private final long heapBytesMax;
  private final ExecutorService executor;
  private final List<Path> files = new ArrayList<>();
  private final List<ChangeRun> runs = new ArrayList<>();
  private final List<Future<List<Change>>> portions = new ArrayList<>();
  private List<Change> portion = new ArrayList<>();
  private long heapBytes;

  /**
   * @param folder for its files, which nobody else uses
   */
  ChangeSort(Path folder, long heapBytesMax, ExecutorService executor) {
    this.folder = folder;
    this.heapBytesMax = heapBytesMax;
    this.executor = executor;
  }

  /** Adds the next change of the log. */
  void add(Change change) throws IOException {
    portion.add(change);
    heapBytes += change.heapBytes();
    if (portion.size() == PORTION) {
      sortPortion();
    }
    if (heapBytes >= heapBytesMax) {
      spill();
    }
  }

  private void sortPortion() {
    List<Change> unsorted = portion;
    portion = new ArrayList<>();
    portions.add(
        executor.submit(
            () -> {
              Collections.sort(unsorted);
              return unsorted;
            }));
  }

  private void spill() throws IOException {
    Path file = folder.resolve("changes-" + files.size());
    files.add(file);
    ChangeRun.write(file, new MergedChanges(inHeap()));
    heapBytes = 0;
  }

  private List<SortedChanges> inHeap() throws IOException {
    sortPortion();
    List<SortedChanges> sorted = new ArrayList<>();
    for (Future<List<Change>> each : portions) {
      sorted.add(new InHeap(SegmentsAhead.await(each)));
    }
    portions.clear();
    return sorted;
  }

  /** The changes in the order of their keys; nothing can be added afterwards. */
  SortedChanges sorted() throws IOException {
    List<SortedChanges> sources = new ArrayList<>();
    for (Path file : files) {
      ChangeRun run = ChangeRun.open(file);
      runs.add(run);
      sources.add(run);
    }
    sources.addAll(inHeap());
    return new MergedChanges(sources);
  }

  @Override
  public void close() throws IOException {
    portions.forEach(each -> each.cancel(true));
    for (ChangeRun run : runs) {
      run.close();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  /** Sorted changes that are all there. */
  private static final class InHeap implements SortedChanges {
    private final List<Change> changes;
    private int position;

    InHeap(List<Change> changes) {
      this.changes = changes;
    }

    @Override
    public @Nullable Change peek() {
      return position < changes.size() ? changes.get(position) : null;
    }

    @Override
    public void advance() {
      position++;
    }
  }
}
