package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.SegmentSummary;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UploadAheadTest {
  private final SimulatedPartition partition = new SimulatedPartition(new Random(1));
  private final TestAgents.Events events = new TestAgents.Events();
  private final SegmentBudget budget = new SegmentBudget(1);
  private final CountDownLatch called = new CountDownLatch(1);

  /** Answers a read only when its caller is interrupted. */
  private final class SilentStore extends MemoryStore {
    @Override
    public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
      called.countDown();
      try {
        new CountDownLatch(1).await();
        return null;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw StoreFailed.temporary("interrupted", e);
      }
    }
  }

  private UploadAhead begin(ObjectStore store) throws Exception {
    partition.put();
    partition.barrier();
    partition.replicate();
    CommittedLog log = partition.replicas.get(partition.leader);
    SegmentSummary segment;
    try (LogScan scan = new LogScan(log, 0, 0, partition.clock)) {
      scan.advance();
      segment = scan.next();
    }
    assertNotNull(segment);
    ArchiveAccess access =
        TestAgents.access(store, TestAgents.KEYS.getFirst(), partition.clock, events);
    SegmentBudget.Place place = budget.takeIfFree();
    assertNotNull(place);
    return new UploadAhead(
        new SegmentUpload(access, log, segment), place, task -> Thread.ofVirtual().start(task));
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
      SegmentUpload upload = ahead.await();
      assertTrue(store.objects.isEmpty());
      failing.heal();
      upload.create();
      assertTrue(store.objects.containsKey(upload.segmentKey()));
    }
    assertEquals(1, events.uploads);
  }
}
