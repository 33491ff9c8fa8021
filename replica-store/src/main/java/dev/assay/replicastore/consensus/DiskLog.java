package dev.assay.replicastore.consensus;

import dev.assay.replicastore.consensus.LogEntry.Kind;
import dev.assay.replicastore.consensus.LogFile.Tail;
import dev.assay.replicastore.consensus.LogFileReader.Next;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A member's committed log as its disk has it, whatever the memory of consensus says: for whoever
 * has to vouch for the disk. Consensus goes on meanwhile: it appends, closes files and gives them
 * other names, cuts off what was not committed, and deletes files that are not needed. Any thread
 * may call; a reader is for one thread.
 *
 * <p>Checks: every entry's checksum; that entries follow one another without a hole; that terms
 * never fall; that a closed file holds what its name says.
 *
 * <p>Does not check: what the payloads say; whether a whole file that is not there was dropped as
 * not needed, or lost. Its entries are {@link EntryReader.EntriesDropped} either way, and the
 * reader knows whether it could spare them.
 *
 * <p>Where the last file ends, or goes on with zeros, before the last committed entry, the rest is
 * taken as not here yet. In a closed file that is damage.
 */
public final class DiskLog {
  private static final int ATTEMPTS_MAX = 20;

  private final Path folder;
  private final LongSupplier committedLsn;

  /**
   * @param committedLsn the last entry that is known to be committed, -1 for none; never falls
   */
  DiskLog(Path folder, LongSupplier committedLsn) {
    this.folder = folder;
    this.committedLsn = committedLsn;
  }

  /** The first entry that is on this disk; the next one to come when there is none. */
  public long firstLsn() throws IOException {
    long next = committedLsn.getAsLong() + 1;
    List<LogFile> files = files();
    return files.isEmpty() ? next : files.getFirst().first();
  }

  /**
   * Reads from an entry on. Whether it is there is found out by {@link EntryReader#next}.
   *
   * @param fromLsn not below {@link #firstLsn}
   */
  public EntryReader read(long fromLsn) {
    return new Reader(fromLsn);
  }

  /** A file that gets another name meanwhile may be missing in a listing, or be in it twice. */
  private List<LogFile> files() throws IOException {
    List<LogFile> files = LogFile.in(folder);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      List<LogFile> again = LogFile.in(folder);
      if (again.toString().equals(files.toString())) {
        return files;
      }
      files = again;
    }
    throw new IOException("the files in " + folder + " change faster than they can be listed");
  }

  private final class Reader implements EntryReader {
    private long due;
    private long lastTerm;

    /** What the buffer holds up to here was committed before it was read, so it is for good. */
    private long limit = -1;

    private @Nullable LogFile file;
    private @Nullable LogFileReader in;
    private long nextInFile;

    Reader(long due) {
      this.due = due;
    }

    @Override
    public @Nullable LogEntry next() throws IOException {
      if (due > limit) {
        long committed = committedLsn.getAsLong();
        if (due > committed) {
          return null;
        }
        limit = committed;
        if (in != null) {
          in.forget();
        }
      }
      while (true) {
        LogFile opened = file;
        LogFileReader reader = in;
        if (opened == null || reader == null) {
          if (!open()) {
            return null;
          }
          continue;
        }
        switch (reader.next()) {
          case Next.Entry entry -> {
            check(opened, entry);
            nextInFile++;
            if (entry.position().lsn() == due) {
              due++;
              return logEntry(entry);
            }
          }
          case Next.End end -> {
            if (!goesOn(opened, reader, end)) {
              return null;
            }
          }
        }
      }
    }

    private void check(LogFile opened, Next.Entry entry) throws IOException {
      LogPosition position = entry.position();
      Long last = opened.last();
      if (last != null && nextInFile > last) {
        throw damaged(opened, entry.at(), "expected the end, actual entry " + position.lsn());
      }
      if (position.lsn() != nextInFile) {
        throw damaged(
            opened,
            entry.at(),
            "expected entry %d, actual entry %d".formatted(nextInFile, position.lsn()));
      }
      if (position.term() < lastTerm) {
        throw damaged(
            opened,
            entry.at(),
            "expected term %d or later at entry %d, actual term %d"
                .formatted(lastTerm, nextInFile, position.term()));
      }
      lastTerm = position.term();
    }

    /** Opens the file with the entry that is due; false when there is none yet. */
    private boolean open() throws IOException {
      for (int attempt = 0; ; attempt++) {
        LogFile found = find();
        if (found == null) {
          return false;
        }
        try {
          in = LogFileReader.open(found.path());
          file = found;
          nextInFile = found.first();
          return true;
        } catch (NoSuchFileException renamed) {
          if (attempt == ATTEMPTS_MAX) {
            throw renamed;
          }
        }
      }
    }

    private @Nullable LogFile find() throws IOException {
      List<LogFile> files = files();
      for (LogFile each : files) {
        Long last = each.last();
        if (each.first() <= due && (last == null || due <= last)) {
          return each;
        }
      }
      if (files.isEmpty() || files.getLast().first() < due) {
        return null;
      }
      // A purge deletes the oldest file first, so it leaves no hole at any moment.
      if (files.getFirst().first() > due) {
        throw new EntriesDropped(due, files.getFirst().first());
      }
      throw new LogDamaged(
          "the log in %s is damaged: expected a file with entry %d, actual files %s"
              .formatted(folder, due, files));
    }

    /** There is no entry where one is due; whether to look again at once. */
    private boolean goesOn(LogFile opened, LogFileReader reader, Next.End end) throws IOException {
      LogFile now = byItsPresentName(opened);
      Long last = now == null ? opened.last() : now.last();
      boolean complete = last != null && nextInFile > last;
      if (end.tail() == Tail.BAD || (complete && end.tail() != Tail.CLEAN)) {
        throw damaged(opened, reader.offset(), end.detail());
      }
      if (now == null || complete) {
        // What follows is in the next file. A file that is gone was not needed any more.
        close();
        return true;
      }
      reader.forget();
      if (last == null) {
        return false;
      }
      if (last.equals(opened.last())) {
        String none = "expected entry %d of %d, actual none".formatted(nextInFile, last);
        throw damaged(now, reader.offset(), end.detail().isEmpty() ? none : end.detail());
      }
      // It was closed meanwhile: now it has everything that it will ever have.
      file = now;
      return true;
    }

    private @Nullable LogFile byItsPresentName(LogFile opened) throws IOException {
      for (LogFile each : files()) {
        if (each.first() == opened.first()) {
          return each;
        }
      }
      return null;
    }

    private LogDamaged damaged(LogFile where, long at, String detail) {
      return new LogDamaged(
          "log file %s is damaged at byte %d, where entry %d is due: %s"
              .formatted(where, at, nextInFile, detail));
    }

    @Override
    public void close() throws IOException {
      LogFileReader open = in;
      in = null;
      file = null;
      if (open != null) {
        open.close();
      }
    }
  }

  /** As {@link ApplierStateMachine} hands it to the applier. */
  private static LogEntry logEntry(Next.Entry entry) throws IOException {
    LogEntryProto proto =
        LogEntryProto.parseFrom(
            CodedInputStream.newInstance(entry.bytes(), entry.from(), entry.length()));
    long lsn = proto.getIndex();
    long term = proto.getTerm();
    return switch (proto.getLogEntryBodyCase()) {
      case STATEMACHINELOGENTRY ->
          new LogEntry(
              lsn, term, Kind.DATA, proto.getStateMachineLogEntry().getLogData().toByteArray());
      case CONFIGURATIONENTRY ->
          new LogEntry(lsn, term, Kind.CONFIGURATION, proto.getConfigurationEntry().toByteArray());
      case METADATAENTRY -> new LogEntry(lsn, term, Kind.METADATA, new byte[0]);
      case LOGENTRYBODY_NOT_SET -> throw new LogDamaged("entry " + lsn + " has no body");
    };
  }
}
