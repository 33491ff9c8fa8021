package dev.assay.replicastore.consensus;

import dev.assay.replicastore.consensus.LogFile.Contents;
import dev.assay.replicastore.consensus.LogFile.Tail;
import dev.assay.replicastore.consensus.Vouch.Owed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a group's folder before Ratis opens it, holds it against what this member had vouched for,
 * and brings it into a state that Ratis reads as what it is.
 *
 * <p>Checks: every entry's checksum; that the files follow one another without a hole; that the log
 * reaches the vouched position, or the applier holds it, with the vouched term there; that the vote
 * file is no older than the vouched vote.
 *
 * <p>Does not check: what the payloads say; anything that was flushed after the last vouch.
 *
 * <p>What it makes of it:
 *
 * <ul>
 *   <li>A torn end that was never vouched for is cut off: nobody was told that it is there.
 *   <li>A log that ends before the vouched position, as if it had never been longer, is a finding,
 *       and the member catches up before it votes again.
 *   <li>An older vote file is a finding, and is replaced by what was vouched for.
 *   <li>Anything else that can't be read is an error: the operator moves the folder aside.
 * </ul>
 */
final class LogFolder {
  private final Path folder;
  private final String node;
  private final UUID group;
  private final @Nullable Vouch vouched;
  private final boolean returning;
  private final LogPosition durable;
  private final List<Note> notes = new ArrayList<>();

  private LogPosition last = LogPosition.NONE;
  private @Nullable LogPosition atVouched;

  /** A finding without its place. */
  record Note(LogFinding.Kind kind, String detail) {}

  /**
   * @param vouch what the member vouches for from now on
   */
  record Outcome(Vouch vouch, List<Note> notes, boolean hasHistory) {}

  private LogFolder(
      Path folder,
      String node,
      UUID group,
      @Nullable Vouch vouched,
      boolean returning,
      LogPosition durable) {
    this.folder = folder;
    this.node = node;
    this.group = group;
    this.vouched = vouched;
    this.returning = returning;
    this.durable = durable;
  }

  /**
   * Checks and repairs a group's folder.
   *
   * @param folder the one with the log files in it, which need not exist
   * @param node this member's name
   * @param returning this member is known to have been one before, so there should be something
   * @param durable the position that the applier holds without the log
   * @throws IOException when the log can't be read: the message names the file
   */
  static Outcome check(
      Path folder,
      String node,
      UUID group,
      @Nullable Vouch vouched,
      boolean returning,
      LogPosition durable)
      throws IOException {
    return new LogFolder(folder, node, group, vouched, returning, durable).check();
  }

  private Outcome check() throws IOException {
    boolean exists = Files.exists(folder);
    if (exists) {
      readLog(LogFile.in(folder));
    }
    if (last.lsn() < durable.lsn()) {
      dropWhatTheApplierHolds();
      last = durable;
    }
    VoteFile.Vote vote = exists ? VoteFile.read(folder) : null;
    boolean hasHistory =
        vouched != null || returning || last.lsn() >= 0 || (vote != null && vote.term() > 0);
    if (!hasHistory) {
      return new Outcome(Vouch.none(group), notes, false);
    }
    Vouch vouch = holdAgainstVouched(vote);
    if (vote == null || vote.term() != vouch.term() || differs(vote.vote(), vouch.vote())) {
      Files.createDirectories(folder);
      VoteFile.write(folder, new VoteFile.Vote(vouch.term(), vouch.vote()));
    }
    // Members are told by the caller; Ratis's own note of them has no checksum.
    if (Files.exists(folder)) {
      Files.deleteIfExists(folder.resolve("raft-meta.conf"));
    }
    return new Outcome(vouch, notes, true);
  }

  private static boolean differs(@Nullable String one, @Nullable String other) {
    return one == null ? other != null : !one.equals(other);
  }

  // ---- the log

  private void readLog(List<LogFile> files) throws IOException {
    for (int i = 0; i < files.size(); i++) {
      LogFile file = files.get(i);
      if (i == 0 && file.first() > durable.lsn() + 1) {
        throw new IOException(
            "the log begins at entry "
                + file.first()
                + " in "
                + file.path()
                + ", and the store holds no more than entry "
                + durable.lsn());
      }
      if (i > 0 && file.first() != last.lsn() + 1) {
        throw unreadable(
            file, "a hole before it: expected a file that begins at " + (last.lsn() + 1));
      }
      Contents contents = file.read(this::note);
      if (contents.last() != null) {
        last = contents.last();
      } else if (i == 0) {
        last = new LogPosition(file.first() - 1, 0);
      }
      boolean whole =
          contents.tail() == Tail.CLEAN && (file.last() == null || file.last() == last.lsn());
      if (i < files.size() - 1 && !whole) {
        throw unreadable(file, describe(file, contents));
      }
      if (i == files.size() - 1 && !whole) {
        cutEnd(file, contents);
      } else if (i < files.size() - 1 && file.last() == null) {
        closeFile(file);
      }
    }
    if (last.term() == 0) {
      last = LogPosition.NONE;
    }
  }

  private void note(LogPosition entry) {
    if (vouched != null && entry.lsn() == vouched.flushed().lsn()) {
      atVouched = entry;
    }
  }

  private String describe(LogFile file, Contents contents) {
    String detail =
        contents.detail().isEmpty()
            ? "expected entries up to " + file.last() + ", and it ends"
            : contents.detail();
    return detail + " after entry " + last.lsn() + ", at byte " + contents.end();
  }

  /** The last file ends otherwise than it should. */
  private void cutEnd(LogFile file, Contents contents) throws IOException {
    boolean wasVouchedFor = vouched != null && last.lsn() < vouched.flushed().lsn();
    if (contents.tail() == Tail.BAD && wasVouchedFor) {
      throw unreadable(file, describe(file, contents));
    }
    if (contents.last() == null) {
      Files.delete(file.path());
      return;
    }
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
      channel.truncate(contents.end());
      channel.force(true);
    }
    if (file.last() != null) {
      closeFile(file);
    }
  }

  /** Gives a file the name of a closed one that ends at the last entry read. */
  private void closeFile(LogFile file) throws IOException {
    Files.move(file.path(), folder.resolve("log_" + file.first() + "-" + last.lsn()));
  }

  /** A log that ends below the applier's position has nothing that is needed, and can't go on. */
  private void dropWhatTheApplierHolds() throws IOException {
    if (Files.exists(folder)) {
      for (LogFile file : LogFile.in(folder)) {
        Files.delete(file.path());
      }
    }
  }

  private IOException unreadable(LogFile file, String detail) {
    return new IOException("log file " + file.path() + " is damaged: " + detail);
  }

  // ---- what was vouched for

  private Vouch holdAgainstVouched(VoteFile.@Nullable Vote vote) {
    Vouch vouch = vouched == null ? withoutRecord(vote) : withRecord(vouched, vote);
    return vouch.withFlushed(vouch.owed() == null ? vouch.flushed() : last);
  }

  private Vouch withoutRecord(VoteFile.@Nullable Vote vote) {
    notes.add(
        new Note(
            LogFinding.Kind.VOUCH_LOST,
            "there is a log up to " + last + " and no record of what was vouched for"));
    long term = Math.max(last.term(), vote == null ? 0 : vote.term());
    // Whom it voted for is not known either: its own name keeps it from voting again in this term.
    String votedFor = vote != null && vote.term() == term ? vote.vote() : node;
    return new Vouch(group, term, votedFor, last, new Owed(-1, term));
  }

  private Vouch withRecord(Vouch record, VoteFile.@Nullable Vote vote) {
    Vouch vouch = record.withTerm(last.term());
    if (vote == null || isOlder(vote, record)) {
      notes.add(
          new Note(
              LogFinding.Kind.VOTE_FILE,
              folder.resolve(VoteFile.NAME)
                  + ": expected term "
                  + record.term()
                  + " and vote "
                  + record.vote()
                  + ", actual "
                  + (vote == null ? "unreadable or missing" : vote)));
    } else if (vote.term() > vouch.term() || (vote.term() == vouch.term() && vote.vote() != null)) {
      vouch = new Vouch(group, vote.term(), vote.vote(), vouch.flushed(), vouch.owed());
    }
    LogPosition promised = record.flushed();
    if (last.lsn() < promised.lsn()) {
      notes.add(
          new Note(
              LogFinding.Kind.LOG_SHORT,
              folder + ": expected entries up to " + promised + ", actual up to " + last));
      return vouch.withOwed(more(vouch, promised));
    }
    if (atVouched != null && !atVouched.equals(promised)) {
      notes.add(
          new Note(
              LogFinding.Kind.LOG_OLDER,
              folder + ": expected " + promised + ", actual " + atVouched));
      return vouch.withOwed(more(vouch, promised));
    }
    return vouch;
  }

  private static boolean isOlder(VoteFile.Vote vote, Vouch record) {
    return vote.term() < record.term()
        || (vote.term() == record.term()
            && record.vote() != null
            && differs(vote.vote(), record.vote()));
  }

  /** What is owed now, together with what was owed before. */
  private static Owed more(Vouch vouch, LogPosition promised) {
    Owed before = vouch.owed();
    return new Owed(
        Math.max(promised.lsn(), before == null ? -1 : before.lsn()),
        Math.max(vouch.term(), before == null ? 0 : before.term()));
  }
}
