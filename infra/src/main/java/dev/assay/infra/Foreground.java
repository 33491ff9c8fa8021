package dev.assay.infra;

import java.util.concurrent.CountDownLatch;

/** A role that runs until the process is told to stop, and then drains. */
final class Foreground {

  private Foreground() {}

  /** A step of an orderly stop. */
  interface Stop {
    void run() throws Exception;
  }

  /** Blocks for good; on SIGTERM or SIGINT the stop runs before the process ends. */
  static int untilStopped(Stop stop) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(
                    () -> {
                      try {
                        stop.run();
                      } catch (Exception e) {
                        System.err.println("assay: stopping: " + StackTraces.of(e));
                      }
                    }));
    never.await();
    return ExitCode.OK.number;
  }
}
