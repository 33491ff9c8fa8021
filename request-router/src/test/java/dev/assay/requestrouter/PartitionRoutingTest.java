package dev.assay.requestrouter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionReply.Got;
import dev.assay.replicastore.PartitionReply.NotLeader;
import dev.assay.replicastore.PartitionReply.OutcomeUnknown;
import dev.assay.replicastore.PartitionReply.Overloaded;
import dev.assay.replicastore.PartitionReply.Unavailable;
import dev.assay.replicastore.PartitionReply.Written;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.expression.Bindings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whom the router asks, and when it asks again. Time passes only while the router waits. */
class PartitionRoutingTest {
  private static final PartitionId ID = new PartitionId(new UUID(1, 2), 0);
  private static final Written WRITTEN = new Written(7, null, null);
  private static final Got GOT = new Got(Item.EMPTY);

  private final List<String> asked = new ArrayList<>();
  private final Map<String, Deque<PartitionReply>> replies = new HashMap<>();
  private final Map<String, PartitionReply> lasting = new HashMap<>();
  private Set<String> local = Set.of();
  private long nowNanos = 1_000;
  private long parkedNanos;

  private final PartitionRouting routing =
      new PartitionRouting(new ScriptedNodes(), new FakeTime(), Duration.ofSeconds(3));
  private final PartitionRoute route = new PartitionRoute(ID, 0, List.of("a", "b", "c"), nowNanos);

  private final class FakeTime implements Waiting {
    @Override
    public long nanoTime() {
      return nowNanos;
    }

    @Override
    public void park(long nanos) {
      nowNanos += nanos;
      parkedNanos += nanos;
    }
  }

  private final class ScriptedNodes implements Nodes {
    @Override
    public @Nullable PartitionAccess find(String node) {
      return node.equals("gone") ? null : _ -> reply(node);
    }

    @Override
    public boolean isLocal(String node) {
      return local.contains(node);
    }
  }

  private PartitionReply reply(String node) {
    asked.add(node);
    Deque<PartitionReply> queue = replies.getOrDefault(node, new ArrayDeque<>());
    PartitionReply next = queue.poll();
    PartitionReply last = lasting.get(node);
    return next != null ? next : last != null ? last : new Unavailable("no script");
  }

  private void script(String node, PartitionReply... nodeReplies) {
    replies.put(node, new ArrayDeque<>(List.of(nodeReplies)));
  }

  private PartitionReply write() {
    return routing.write(
        route,
        new PartitionRequest.Write(
            ID, new byte[8], new PartitionRequest.Change.Delete(), null, Bindings.NONE));
  }

  private Got read(boolean strong) {
    return routing.get(route, new byte[8], strong);
  }

  @Test
  void hintIsFollowedAndRemembered() {
    lasting.put("a", new NotLeader("c"));
    lasting.put("c", WRITTEN);
    assertEquals(WRITTEN, write());
    assertEquals(WRITTEN, write());
    assertEquals(List.of("a", "c", "c"), asked);
    assertEquals(0, parkedNanos);
  }

  @Test
  void withoutAHintEverybodyIsAskedOnceARound() {
    lasting.put("a", new NotLeader(null));
    lasting.put("b", new Unavailable("stopped"));
    lasting.put("c", WRITTEN);
    assertEquals(WRITTEN, write());
    assertEquals(List.of("a", "b", "c"), asked);
  }

  @Test
  void hintsThatGoInCirclesEnd() {
    lasting.put("a", new NotLeader("b"));
    lasting.put("b", new NotLeader("a"));
    lasting.put("c", new NotLeader("elsewhere"));
    assertInstanceOf(NotLeader.class, write());
    assertEquals(List.of("a", "b", "c"), asked.subList(0, 3));
    assertTrue(parkedNanos <= Duration.ofSeconds(3).toNanos());
    assertTrue(parkedNanos > Duration.ofSeconds(2).toNanos());
  }

  @Test
  void electionIsWaitedFor() {
    script("a", new NotLeader(null), new NotLeader(null));
    script("b", new NotLeader(null), new NotLeader(null), WRITTEN);
    script("c", new NotLeader(null), new NotLeader(null), new NotLeader("b"));
    lasting.put("a", new NotLeader("b"));
    assertEquals(WRITTEN, write());
    assertTrue(parkedNanos > 0);
  }

  @Test
  void leaderThatFailsIsForgotten() {
    lasting.put("a", WRITTEN);
    write();
    lasting.put("a", new Unavailable("stopped"));
    lasting.put("b", WRITTEN);
    assertEquals(WRITTEN, write());
    asked.clear();
    write();
    assertEquals(List.of("b"), asked);
  }

  @Test
  void unknownOutcomeOfAWriteIsNotAskedAgain() {
    lasting.put("a", new OutcomeUnknown("lost"));
    lasting.put("b", WRITTEN);
    assertInstanceOf(OutcomeUnknown.class, write());
    assertEquals(List.of("a"), asked);
  }

  @Test
  void overloadedLeaderIsNotAskedAgain() {
    lasting.put("a", new Overloaded());
    assertInstanceOf(Overloaded.class, write());
    assertEquals(List.of("a"), asked);
  }

  @Test
  void readIsAskedAgainWhateverHappened() {
    script("a", new OutcomeUnknown("lost"));
    lasting.put("b", GOT);
    assertEquals(GOT, read(true));
    assertEquals(List.of("a", "b"), asked);
  }

  @Test
  void readsTakeTurnsAmongReplicas() {
    for (String node : route.replicas()) {
      lasting.put(node, GOT);
    }
    for (int i = 0; i < 6; i++) {
      read(false);
    }
    assertEquals(List.of("a", "b", "c", "a", "b", "c"), asked);
  }

  @Test
  void readsPreferReplicasInThisProcess() {
    local = Set.of("b");
    for (String node : route.replicas()) {
      lasting.put(node, GOT);
    }
    for (int i = 0; i < 3; i++) {
      read(false);
    }
    assertEquals(List.of("b", "b", "b"), asked);
  }

  @Test
  void replicaThatFailedIsAvoidedForAWhile() {
    lasting.put("a", new Unavailable("stopped"));
    lasting.put("b", GOT);
    lasting.put("c", GOT);
    for (int i = 0; i < 6; i++) {
      read(false);
    }
    assertEquals(1, asked.stream().filter("a"::equals).count());
    nowNanos += Duration.ofSeconds(2).toNanos();
    asked.clear();
    for (int i = 0; i < 3; i++) {
      read(false);
    }
    assertEquals(1, asked.stream().filter("a"::equals).count());
  }

  @Test
  void overloadedReplicaIsPassedOverWithoutWaiting() {
    lasting.put("a", new Overloaded());
    lasting.put("b", new Overloaded());
    lasting.put("c", GOT);
    assertEquals(GOT, read(false));
    lasting.put("c", new Overloaded());
    ApiException failed = assertThrows(ApiException.class, () -> read(false));
    assertEquals(ErrorType.THROUGHPUT_EXCEEDED, failed.type());
    assertEquals(0, parkedNanos);
  }

  @Test
  void partitionThatNobodyServesIsA503AfterTheWait() {
    ApiException failed = assertThrows(ApiException.class, () -> read(false));
    assertEquals(ErrorType.UNAVAILABLE, failed.type());
    assertTrue(parkedNanos > Duration.ofSeconds(2).toNanos());
  }

  @Test
  void nodeThatTheClusterDoesNotHaveIsPassedOver() {
    PartitionRoute odd = new PartitionRoute(ID, 0, List.of("gone", "b"), nowNanos);
    lasting.put("b", GOT);
    assertEquals(GOT, routing.get(odd, new byte[8], true));
    assertEquals(GOT, routing.get(odd, new byte[8], false));
  }

  @Test
  void interruptedRequestDoesNotWait() {
    Thread.currentThread().interrupt();
    assertInstanceOf(Unavailable.class, write());
    assertEquals(0, parkedNanos);
    assertTrue(Thread.interrupted());
  }
}
