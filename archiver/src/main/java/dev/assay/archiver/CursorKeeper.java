package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Owner;
import java.io.IOException;

/** Keeps the agents' cursors over restarts. */
interface CursorKeeper {
  /** {@link ArchiveCursor#NONE} if none was kept. Anything that can't be read is an error. */
  ArchiveCursor load(Owner owner) throws IOException;

  /** Returns once it would survive a power cut. */
  void save(Owner owner, ArchiveCursor cursor) throws IOException;
}
