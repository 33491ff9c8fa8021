package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final Admission admission = new Admission(2, 100_000);

  private ErrorType refused(Runnable action) {
    return assertThrows(ApiException.class, action::run).type();
  }

  @Test
  void requestsBeyondTheLimitAreThrottled() {
    admission.enter();
    admission.enter();
    assertEquals(ErrorType.THROTTLED, refused(admission::enter));
    assertEquals(2, admission.inFlight());
    admission.leave();
    admission.enter();
  }

  @Test
  void closingRefusesNewRequestsAndWaitsForTheOthers() throws Exception {
    admission.enter();
    assertFalse(admission.close(Duration.ofMillis(1)));
    assertEquals(ErrorType.UNAVAILABLE, refused(admission::enter));
    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return admission.close(Duration.ofSeconds(60));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    admission.leave();
    assertTrue(closed.get(60, TimeUnit.SECONDS));
    assertEquals(0, admission.inFlight());
  }

  @Test
  void bodiesTakeRoomAsTheyArriveAndGiveItBack() throws IOException {
    byte[] bytes = new byte[90_000];
    Arrays.fill(bytes, (byte) 7);
    for (long announced : new long[] {bytes.length, -1}) {
      try (BodyReader body = new BodyReader(admission)) {
        body.read(new ByteArrayInputStream(bytes), announced, 95_000);
        assertEquals(bytes.length, body.length());
        assertTrue(Arrays.equals(bytes, 0, bytes.length, body.bytes(), 0, body.length()));
        BodyReader second = new BodyReader(admission);
        assertEquals(
            ErrorType.THROTTLED,
            refused(() -> read(second, new ByteArrayInputStream(bytes), bytes.length)));
        second.close();
      }
    }
    admission.reserveBody(100_000);
  }

  private static void read(BodyReader body, ByteArrayInputStream in, long announced) {
    try {
      body.read(in, announced, 95_000);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void bodyBeyondItsLimitIsRefusedUnread() {
    ByteArrayInputStream in = new ByteArrayInputStream(new byte[99_000]);
    try (BodyReader body = new BodyReader(admission)) {
      assertEquals(ErrorType.REQUEST_ENTITY_TOO_LARGE, refused(() -> read(body, in, 99_000)));
      assertEquals(99_000, in.available());
    }
    try (BodyReader body = new BodyReader(admission)) {
      assertEquals(ErrorType.REQUEST_ENTITY_TOO_LARGE, refused(() -> read(body, in, -1)));
    }
    admission.reserveBody(100_000);
  }

  @Test
  void bodyShorterThanAnnouncedIsAnError() {
    try (BodyReader body = new BodyReader(admission)) {
      assertThrows(
          IOException.class, () -> body.read(new ByteArrayInputStream(new byte[9]), 10, 100));
    }
  }
}
