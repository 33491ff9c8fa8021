package dev.assay.replicastore.consensus;

import org.jspecify.annotations.Nullable;

/**
 * What a group does with its log.
 *
 * <p>{@link #apply}, {@link #takeSnapshot} and {@link #installSnapshot} never run at the same time.
 * {@link #apply} is called from one thread, in order and without holes, beginning right after
 * {@link #applied}: what the log repeats after a restart is not passed on. {@link #leading}, {@link
 * #following} and {@link #stopped} come from another thread, one at a time, so they may overlap
 * with an apply. {@link #applied}, {@link #droppable} and {@link #durable} may be called from any
 * thread.
 */
public interface LogApplier {

  /** The last position whose effect is in the store (not necessarily on disk yet). */
  LogPosition applied();

  /**
   * Applies one entry. A {@link ReplicaStopped} stops this replica alone; anything else that is
   * thrown stops the process, because an apply that failed can't be retried.
   */
  void apply(LogEntry entry) throws ReplicaStopped;

  /**
   * Makes what was applied durable and returns the position up to which the log may be dropped: not
   * beyond what is durable, and not beyond what others need the log for. It may be behind {@link
   * #durable}; nothing is dropped then.
   */
  LogPosition takeSnapshot() throws ReplicaStopped;

  /** What {@link #takeSnapshot} would return now, or a little less. Called often; must not wait. */
  LogPosition droppable();

  /**
   * The store holds everything up to here without the log, and applying begins right after it when
   * the log is opened: what was on disk then, or the last that {@link #takeSnapshot} or {@link
   * #installSnapshot} returned, whichever is later. It says nothing of who else needs the log.
   */
  LogPosition durable();

  /**
   * The log of the leader begins after what this replica holds: fetch a checkpoint from {@code
   * source}, put it in the place of the store durably, and return its position. An exception is
   * logged, and the leader asks again. Called on a thread of its own, which is interrupted when the
   * membership ends.
   *
   * @param firstLsn the first position that the leader's log still has
   */
  LogPosition installSnapshot(String source, long firstLsn) throws Exception;

  /** This node leads from now on in {@code term}, and everything before that term is applied. */
  void leading(long term);

  /** This node does not lead (any more); {@code leader} is null while nobody is known. */
  void following(@Nullable String leader);

  /** This replica has stopped for good: nothing is applied any more. The log stays on disk. */
  default void stopped(String why) {}

  /** This replica can't go on: its data or its log can't be trusted. Only this replica stops. */
  final class ReplicaStopped extends Exception {
    private static final long serialVersionUID = 1L;

    public ReplicaStopped(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
