package dev.assay.replicastore.consensus;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the committed entries of a log in their order. For one thread. */
public interface EntryReader extends Closeable {

  /**
   * The next entry; null when no more are committed, or on this disk, now: it may be asked again
   * later. After an exception the reader is of no use any more.
   *
   * @throws EntriesDropped when the next entry is not on this disk any more
   * @throws IOException also when the log is damaged: the message says which file, where, what was
   *     expected and what is there
   */
  @Nullable LogEntry next() throws IOException;

  /**
   * An entry that was asked for is not on this disk any more, as the log begins later. It was
   * dropped because nobody needed it; if the reader does, that is a fault.
   */
  final class EntriesDropped extends IOException {
    private static final long serialVersionUID = 1L;

    public EntriesDropped(long lsn, long firstLsn) {
      super("entry " + lsn + " is not in the log any more, which begins at entry " + firstLsn);
    }
  }
}
