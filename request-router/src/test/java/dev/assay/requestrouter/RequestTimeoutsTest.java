package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.webserver.ConnectionContext;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestTimeoutsTest {
  private long nowNanos = Long.MAX_VALUE - 5;
  private final RequestTimeouts timeouts =
      new RequestTimeouts(
          new Waiting() {
            @Override
            public long nanoTime() {
              return nowNanos;
            }

            @Override
            public void park(long nanos) {
              throw new UnsupportedOperationException();
            }
          },
          Duration.ofNanos(100));

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  private void begin() {
    ConnectionContext connection =
        (ConnectionContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ConnectionContext.class},
                (_, _, _) -> null);
    timeouts.prologue(
        connection, HttpPrologue.create("HTTP/1.1", "HTTP", "1.1", Method.POST, "/", false));
  }

  @Test
  void requestThatTakesTooLongIsInterruptedOnce() {
    begin();
    nowNanos += 100;
    timeouts.interruptLate();
    assertFalse(Thread.interrupted());
    nowNanos += 1;
    timeouts.interruptLate();
    assertTrue(Thread.interrupted());
    timeouts.interruptLate();
    assertFalse(Thread.interrupted());
  }

  @Test
  void answeredRequestIsLeftAlone() {
    begin();
    timeouts.end();
    nowNanos += 1_000;
    timeouts.interruptLate();
    assertFalse(Thread.interrupted());
  }

  @Test
  void nextRequestOfAConnectionHasItsOwnTime() {
    begin();
    nowNanos += 90;
    begin();
    nowNanos += 90;
    timeouts.interruptLate();
    assertFalse(Thread.interrupted());
  }
}
