package dev.assay.requestrouter;

import java.util.concurrent.locks.LockSupport;

/** Time as a waiting request sees it; tests put their own in its place. Any thread may call. */
interface Waiting {

  /** As {@link System#nanoTime}: for differences only. */
  long nanoTime();

  /** Waits about so long, or until the thread is interrupted. */
  void park(long nanos);

  Waiting REAL =
      new Waiting() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
          LockSupport.parkNanos(nanos);
        }
      };
}
