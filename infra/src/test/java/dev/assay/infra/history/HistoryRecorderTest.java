package dev.assay.infra.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryRecorderTest {
  private final AtomicLong clock = new AtomicLong(1_000);
  private final HistoryRecorder recorder = new HistoryRecorder(clock::get);

  @Test
  void timesCountFromTheStart() {
    clock.set(1_010);
    HistoryRecorder.Invocation read = recorder.invoke(4, "k", new Action.Read());
    clock.set(1_030);
    recorder.finish(read, new Outcome.Done(KeyState.of(7)));
    assertEquals(
        new Operation(4, "k", new Action.Read(), new Outcome.Done(KeyState.of(7)), 10, 30),
        recorder.history().operations().getFirst());
  }

  @Test
  void unfinishedInvocationHasUnknownOutcome() {
    recorder.invoke(4, "k", new Action.Put(1));
    assertEquals(
        new Operation(4, "k", new Action.Put(1), new Outcome.Unknown(), 0, Operation.NEVER),
        recorder.history().operations().getFirst());
  }

  @Test
  void unknownOutcomeNeverReturns() {
    HistoryRecorder.Invocation put = recorder.invoke(4, "k", new Action.Put(1));
    clock.set(2_000);
    recorder.finish(put, new Outcome.Unknown());
    assertEquals(Operation.NEVER, recorder.history().operations().getFirst().returnedNs());
  }

  @Test
  void finishingTwiceIsRefused() {
    HistoryRecorder.Invocation put = recorder.invoke(4, "k", new Action.Put(1));
    recorder.finish(put, new Outcome.NotDone());
    assertThrows(IllegalStateException.class, () -> recorder.finish(put, new Outcome.NotDone()));
  }
}
