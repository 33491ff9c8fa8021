package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class UploadAheadTest {
  private final SimulatedPartition partition = new SimulatedPartition(new Random(1));
  private final TestAgents.Events events = new TestAgents.Events();
  private final SegmentBudget budget = new SegmentBudget(1);
  private final CountDownLatch called = new CountDownLatch(1);

  /** Answers a write only when its caller is interrupted. */
  private final class SilentStore extends MemoryStore {
    @Override
    public Created create(String key, ByteBuffer object) throws StoreFailed {
      called.countDown();
      try {
        new CountDownLatch(1).await();
        throw new AssertionError("never counted down");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw StoreFailed.temporary("interrupted", e);
      }
    }
  }

  private LogScan.Ended segment() throws Exception {
    partition.put();
    partition.barrier();
    partition.replicate();
    try (LogScan scan = new LogScan(log(), 0, 0, partition.clock)) {
      scan.advance();
      return Objects.requireNonNull(scan.next());
    }
  }

  private CommittedLog log() {
    return partition.replicas.get(partition.leader);
  }

  private SegmentObject object(ObjectStore store, LogScan.Ended segment) throws Exception {
    ArchiveAccess access =
        TestAgents.access(store, TestAgents.KEYS.getFirst(), partition.clock, events);
    return new SegmentObject(access, log(), segment, new Pace(false));
  }

  private UploadAhead begin(ObjectStore store) throws Exception {
    SegmentBudget.Place place = budget.takeIfFree();
    assertNotNull(place);
    return new UploadAhead(object(store, segment()), place, task -> Thread.ofVirtual().start(task));
  }

  @Test
  void closingEndsAnUploadThatIsUnderWay() throws Exception {
    UploadAhead ahead = begin(new SilentStore());
    called.await();
    assertNull(budget.takeIfFree());
    ahead.close();
    assertNotNull(budget.takeIfFree());
    assertEquals(0, events.uploads);
  }

  @Test
  void uploadThatFailedIsDoneInItsTurn() throws Exception {
    MemoryStore store = new MemoryStore();
    FaultyStore failing = new FaultyStore(store, new Random(1), 1, 0);
    try (UploadAhead ahead = begin(failing)) {
      SegmentObject upload = ahead.await();
      assertTrue(store.objects.isEmpty());
      failing.heal();
      upload.create(budget.take());
      assertTrue(store.objects.containsKey(upload.key()));
    }
    assertEquals(1, events.uploads);
  }

  @Test
  void entriesThatAreReadOtherwiseThanBeforeAreNotWritten() throws Exception {
    MemoryStore store = new MemoryStore();
    LogScan.Ended scanned = segment();
    LogScan.Ended other =
        new LogScan.Ended(scanned.summary(), scanned.checksum() + 1, scanned.sinceMs());
    FormatException refusal =
        assertThrows(FormatException.class, () -> object(store, other).create(budget.take()));
    assertTrue(String.valueOf(refusal.getMessage()).contains("read again: expected"));
    assertTrue(store.objects.isEmpty());
  }

  @Test
  void objectThatEqualsTheLogButNotTheScanIsNotTaken() throws Exception {
    MemoryStore store = new MemoryStore();
    LogScan.Ended scanned = segment();
    SegmentSummary s = scanned.summary();
    SegmentSummary wrong =
        new SegmentSummary(
            s.firstLsn(),
            s.lastLsn(),
            s.firstTerm(),
            s.lastTerm(),
            s.firstTime(),
            s.lastTime(),
            s.entries(),
            s.mutations(),
            s.framesBytes(),
            Sha256.NONE);
    SegmentObject object =
        object(store, new LogScan.Ended(wrong, scanned.checksum(), scanned.sinceMs()));
    object.create(budget.take());
    IOException refusal = assertThrows(IOException.class, object::compared);
    assertTrue(String.valueOf(refusal.getMessage()).contains("when they were scanned"));
  }
}
