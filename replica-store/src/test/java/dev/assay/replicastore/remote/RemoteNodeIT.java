package dev.assay.replicastore.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.Checkpoint;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both halves together, over mutual TLS on the loopback. */
@Timeout(60)
class RemoteNodeIT {
  private static final TestAuthority AUTHORITY = new TestAuthority("cluster");
  private static final NodeTls NODE_B = AUTHORITY.issue("node-b");
  private static final NodeTls ROUTER = AUTHORITY.issue("router-1");
  private static final PartitionRequest GET =
      new PartitionRequest.Get(FakeNode.PARTITION, new byte[] {1}, true);
  private static final PartitionRequest WRITE =
      new PartitionRequest.Write(
          FakeNode.PARTITION, new byte[] {1}, new Change.Delete(), null, Bindings.NONE);

  /** A machine may be slow; no test waits this long unless something is wrong. */
  private static final RemoteNode.Timeouts PATIENT =
      new RemoteNode.Timeouts(
          Duration.ofSeconds(50), Duration.ofSeconds(50), Duration.ofSeconds(50));

  private final FakeNode fake = new FakeNode();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void repliesComeBackAsTheNodeGaveThem() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    Item item = new Item(Map.of("id", new Value.Text("x")));
    List<PartitionReply> replies =
        List.of(
            new PartitionReply.Got(item),
            new PartitionReply.Written(9, null, item),
            new PartitionReply.NotLeader("node-c"),
            new PartitionReply.Overloaded(),
            new PartitionReply.OutcomeUnknown("no majority"));
    for (PartitionReply reply : replies) {
      fake.reply = reply;
      assertEquals(reply, node.ask(WRITE));
    }
    assertEquals(replies.size(), fake.asked.get());
  }

  @Test
  void anItemOfFullSizeGoesThroughBothWays() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    Item item = new Item(Map.of("id", new Value.Bin(new byte[400_000])));
    fake.reply = new PartitionReply.Got(item);
    assertEquals(
        fake.reply,
        node.ask(
            new PartitionRequest.Write(
                FakeNode.PARTITION, new byte[] {1}, new Change.Put(item), null, Bindings.NONE)));
  }

  @Test
  void aRequestThatNoNodeTakesIsRefusedBeforeItIsSent() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    Item item = new Item(Map.of("id", new Value.Bin(new byte[NodeServer.REQUEST_BYTES_MAX])));
    assertInstanceOf(
        PartitionReply.Invalid.class,
        node.ask(
            new PartitionRequest.Write(
                FakeNode.PARTITION, new byte[] {1}, new Change.Put(item), null, Bindings.NONE)));
    assertInstanceOf(
        PartitionReply.Invalid.class,
        node.ask(
            new PartitionRequest.Write(
                FakeNode.PARTITION, new byte[] {1}, new Change.Delete(), "\uD800", Bindings.NONE)));
    assertEquals(0, fake.asked.get());
  }

  @Test
  void callsComeBackAsTheNodeAnsweredThem() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    fake.files.put("000007.sst", new byte[] {1, 2, 3, 4, 5});
    Checkpoint checkpoint =
        new Checkpoint(FakeNode.POSITION, List.of(new Checkpoint.File("000007.sst", 5)));

    assertEquals(List.of(FakeNode.STATUS), node.replicas());
    assertEquals(FakeNode.POSITION.lsn(), node.barrier(FakeNode.PARTITION, FakeNode.RUN));
    assertEquals(checkpoint, node.checkpoint(FakeNode.PARTITION, FakeNode.RUN));
    assertEquals(checkpoint, node.find(FakeNode.PARTITION, FakeNode.RUN));
    assertEquals(FakeNode.DIGEST, node.digest(FakeNode.PARTITION, FakeNode.RUN));
    assertArrayEquals(
        new byte[] {3, 4}, node.read(FakeNode.PARTITION, FakeNode.RUN, "000007.sst", 2, 2));
    assertEquals(0, node.read(FakeNode.PARTITION, FakeNode.RUN, "000007.sst", 5, 100).length);
    node.release(FakeNode.PARTITION, FakeNode.RUN);
  }

  @Test
  void aCallThatFailsFailsTheSameWayHere() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    fake.failure = new CallFailed.NotLeader("node-c");
    var notLeader =
        assertThrows(
            CallFailed.NotLeader.class, () -> node.barrier(FakeNode.PARTITION, FakeNode.RUN));
    assertEquals("node-c", notLeader.leader());
    fake.failure = new CallFailed.NotFound("no such replica");
    assertEquals(
        "no such replica",
        assertThrows(CallFailed.NotFound.class, () -> node.digest(FakeNode.PARTITION, FakeNode.RUN))
            .getMessage());
    fake.failure = new CallFailed.OutcomeUnknown("too late");
    assertThrows(
        CallFailed.OutcomeUnknown.class, () -> node.release(FakeNode.PARTITION, FakeNode.RUN));
  }

  @Test
  void onlyFilesThatTheCheckpointListsAreRead() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    fake.files.put("CURRENT", new byte[] {1});
    for (String name :
        List.of("../CURRENT", "/etc/passwd", "..", ".", "", "CURRENT/", "./CURRENT", "a\0b")) {
      assertThrows(
          CallFailed.NotFound.class,
          () -> node.read(FakeNode.PARTITION, FakeNode.RUN, name, 0, 10),
          name);
    }
    assertThrows(
        CallFailed.NotFound.class,
        () -> node.read(FakeNode.PARTITION, new UUID(0, 0), "CURRENT", 0, 10));
    assertEquals(List.of(), List.copyOf(fake.filesRead));
  }

  @Test
  void anotherNodesCertificateIsRefusedAlthoughTheAuthorityIsTheSame() throws Exception {
    NodeServer server = serve(AUTHORITY.issue("node-c"), NodeServer.Limits.DEFAULT);
    var reply = assertInstanceOf(PartitionReply.Unavailable.class, node(ROUTER, server).ask(WRITE));
    assertTrue(
        reply.reason().contains("asked for node-b") && reply.reason().contains("node-c"),
        reply.reason());
    assertEquals(0, fake.asked.get());
  }

  @Test
  void aServerOfAnotherAuthorityIsRefused() throws Exception {
    NodeServer server =
        serve(new TestAuthority("others").issue("node-b"), NodeServer.Limits.DEFAULT);
    assertInstanceOf(PartitionReply.Unavailable.class, node(ROUTER, server).ask(WRITE));
    assertEquals(0, fake.asked.get());
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    NodeServer server = serve(AUTHORITY.issueExpired("node-b"), NodeServer.Limits.DEFAULT);
    assertInstanceOf(PartitionReply.Unavailable.class, node(ROUTER, server).ask(WRITE));
    assertEquals(0, fake.asked.get());
  }

  @Test
  void aClientOfAnotherAuthorityNeverReachesThePartition() throws Exception {
    NodeServer server = serve(NODE_B, NodeServer.Limits.DEFAULT);
    // It trusts the server, but what it shows was signed by somebody else.
    NodeTls stranger =
        new NodeTls(new TestAuthority("others").issue("router-1").own(), ROUTER.authority());
    PartitionReply reply = node(stranger, server).ask(WRITE);
    assertTrue(
        reply instanceof PartitionReply.Unavailable
            || reply instanceof PartitionReply.OutcomeUnknown,
        reply.toString());
    assertEquals(0, fake.asked.get());
  }

  @Test
  void aNodeThatIsGoneGivesUnavailableAndIsFoundAgainWhenItIsBack() throws Exception {
    NodeServer server = serve(NODE_B, NodeServer.Limits.DEFAULT);
    int port = server.port();
    RemoteNode node = node(ROUTER, server);
    assertInstanceOf(PartitionReply.Written.class, node.ask(WRITE));
    server.close();
    // A connection that was kept may still look alive to the first request after the end.
    PartitionReply first = node.ask(WRITE);
    assertTrue(
        first instanceof PartitionReply.Unavailable
            || first instanceof PartitionReply.OutcomeUnknown,
        first.toString());
    assertInstanceOf(PartitionReply.Unavailable.class, node.ask(WRITE));
    open.add(
        NodeServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            NODE_B,
            fake,
            fake,
            NodeServer.Limits.DEFAULT));
    assertInstanceOf(PartitionReply.Written.class, node.ask(WRITE));
  }

  @Test
  void moreRequestsThanTheNodeTakesAreOverloaded() throws Exception {
    NodeServer.Limits limits = limits(2, Duration.ofSeconds(30));
    RemoteNode node = node(ROUTER, serve(NODE_B, limits));
    CountDownLatch latch = new CountDownLatch(1);
    fake.wait = latch;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<PartitionReply>> running =
          List.of(threads.submit(() -> node.ask(WRITE)), threads.submit(() -> node.ask(WRITE)));
      while (fake.asked.get() < 2) {
        Thread.onSpinWait();
      }
      assertEquals(new PartitionReply.Overloaded(), node.ask(WRITE));
      assertEquals(2, fake.asked.get());
      latch.countDown();
      for (Future<PartitionReply> each : running) {
        assertInstanceOf(PartitionReply.Written.class, each.get());
      }
    }
  }

  @Test
  void aBugInTheNodeIsAnUnknownOutcomeForAWriteOnly() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    fake.bug = new IllegalStateException("planted");
    assertInstanceOf(PartitionReply.OutcomeUnknown.class, node.ask(WRITE));
    assertInstanceOf(PartitionReply.Unavailable.class, node.ask(GET));
    assertThrows(
        CallFailed.OutcomeUnknown.class, () -> node.barrier(FakeNode.PARTITION, FakeNode.RUN));
    assertThrows(CallFailed.Unavailable.class, node::replicas);
  }

  @Test
  void noAnswerInTimeIsAnUnknownOutcomeForAWriteOnly() throws Exception {
    NodeServer server = serve(NODE_B, NodeServer.Limits.DEFAULT);
    RemoteNode node =
        RemoteNode.at(
            address(server),
            "node-b",
            ROUTER,
            new RemoteNode.Timeouts(
                Duration.ofSeconds(50), Duration.ofMillis(500), Duration.ofMillis(500)));
    open.add(node);
    // With a connection that is open, the request is certainly sent within the time.
    while (!(node.ask(WRITE) instanceof PartitionReply.Written)) {
      Thread.onSpinWait();
    }
    CountDownLatch latch = new CountDownLatch(1);
    fake.wait = latch;
    assertInstanceOf(PartitionReply.OutcomeUnknown.class, node.ask(WRITE));
    assertInstanceOf(PartitionReply.Unavailable.class, node.ask(GET));
    latch.countDown();
  }

  @Test
  void closingWaitsForRequestsUnderWay() throws Exception {
    NodeServer server = serve(NODE_B, NodeServer.Limits.DEFAULT);
    RemoteNode node = node(ROUTER, server);
    CountDownLatch latch = new CountDownLatch(1);
    fake.wait = latch;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<PartitionReply> running = threads.submit(() -> node.ask(WRITE));
      while (fake.asked.get() < 1) {
        Thread.onSpinWait();
      }
      Future<?> closing = threads.submit(server::close);
      latch.countDown();
      assertInstanceOf(PartitionReply.Written.class, running.get());
      closing.get();
    }
  }

  @Test
  void manyThreadsShareTheConnections() throws Exception {
    RemoteNode node = node(ROUTER, serve(NODE_B, NodeServer.Limits.DEFAULT));
    int threadCount = 64;
    int requests = 20;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threadCount; i++) {
        running.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < requests; n++) {
                    assertInstanceOf(PartitionReply.Written.class, node.ask(WRITE));
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    assertEquals(threadCount * requests, fake.asked.get());
  }

  private NodeServer serve(NodeTls tls, NodeServer.Limits limits) throws Exception {
    NodeServer server =
        NodeServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, fake, fake, limits);
    open.add(server);
    return server;
  }

  private RemoteNode node(NodeTls tls, NodeServer server) throws Exception {
    RemoteNode node = RemoteNode.at(address(server), "node-b", tls, PATIENT);
    open.add(node);
    return node;
  }

  private static InetSocketAddress address(NodeServer server) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
  }

  private static NodeServer.Limits limits(int requestsMax, Duration transfer) {
    return new NodeServer.Limits(
        requestsMax,
        100,
        Duration.ofSeconds(10),
        Duration.ofSeconds(90),
        transfer,
        Duration.ofSeconds(1));
  }
}
