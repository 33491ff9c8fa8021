package dev.assay.requestrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Does the parts of a batch at the same time, each on a virtual thread. Any thread may call. */
final class FanOut {
  private final ExecutorService threads;

  FanOut(ExecutorService threads) {
    this.threads = threads;
  }

  /**
   * The results in the order of the parts. An exception of a part is thrown after all have ended.
   */
  <T> List<T> all(List<? extends Callable<T>> parts) {
    List<Future<T>> futures = new ArrayList<>(parts.size());
    for (Callable<T> part : parts) {
      futures.add(threads.submit(part));
    }
    List<T> results = new ArrayList<>(parts.size());
    RuntimeException failure = null;
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        RuntimeException cause = unchecked(e.getCause());
        if (failure == null) {
          failure = cause;
        } else {
          failure.addSuppressed(cause);
        }
      } catch (InterruptedException e) {
        futures.forEach(each -> each.cancel(true));
        Thread.currentThread().interrupt();
        throw new ApiException(
            ErrorType.INTERNAL,
            "The request was interrupted; its parts may or may not have been done");
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  private static RuntimeException unchecked(@Nullable Throwable cause) {
    return cause instanceof RuntimeException known
        ? known
        : new IllegalStateException("a part of a batch failed", cause);
  }
}
