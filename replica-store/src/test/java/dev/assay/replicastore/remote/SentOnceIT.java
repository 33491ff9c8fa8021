package dev.assay.replicastore.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import dev.assay.replicastore.remote.ScriptedServer.Script;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A request reaches a server once at most, whatever the HTTP client does on its own; and what is
 * said of it afterwards is no more than what is known.
 */
@Timeout(60)
class SentOnceIT {
  private static final PartitionRequest GET =
      new PartitionRequest.Get(FakeNode.PARTITION, new byte[] {1}, true);
  private static final PartitionRequest WRITE =
      new PartitionRequest.Write(
          FakeNode.PARTITION, new byte[] {1}, new Change.Delete(), null, Bindings.NONE);
  private static final PartitionReply WRITTEN = new PartitionReply.Written(1, null, null);
  private static final RemoteNode.Timeouts SHORT =
      new RemoteNode.Timeouts(
          Duration.ofMillis(300), Duration.ofMillis(700), Duration.ofMillis(700));

  private static final RemoteNode.Timeouts PATIENT =
      new RemoteNode.Timeouts(
          Duration.ofSeconds(50), Duration.ofSeconds(50), Duration.ofSeconds(50));

  @Test
  void aServerThatReadsAndClosesLeavesAWriteUnknown() throws Exception {
    assertUnknownAfterOneRequest((_, connection) -> connection.close());
  }

  @Test
  void aServerThatReadsAndResetsLeavesAWriteUnknown() throws Exception {
    assertUnknownAfterOneRequest(
        (_, connection) -> {
          connection.setSoLinger(true, 0);
          connection.close();
        });
  }

  @Test
  void aServerThatNeverAnswersLeavesAWriteUnknown() throws Exception {
    assertUnknownAfterSilence((_, connection) -> connection.getInputStream().read());
  }

  @Test
  void aServerThatStopsInTheMiddleOfItsAnswerLeavesAWriteUnknown() throws Exception {
    assertUnknownAfterSilence(
        (_, connection) -> {
          String head =
              "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n"
                  .formatted(NodeServer.PARTITION_MEDIA);
          connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
          connection.getOutputStream().flush();
          connection.getInputStream().read();
        });
  }

  @Test
  void anAnswerThatIsNotTheNodesOwnLeavesAWriteUnknown() throws Exception {
    for (String status :
        List.of(
            "200 OK",
            "307 Temporary Redirect\r\nLocation: /partition",
            "401 Unauthorized\r\nWWW-Authenticate: Basic",
            "408 Request Timeout",
            "413 Content Too Large",
            "429 Too Many Requests",
            "500 Internal Server Error",
            "503 Service Unavailable\r\nRetry-After: 0")) {
      assertUnknownAfterOneRequest(
          (_, connection) -> ScriptedServer.answer(connection, status, "text/plain", new byte[2]));
    }
  }

  @Test
  void anAnswerThatCanNotBeReadLeavesAWriteUnknown() throws Exception {
    assertUnknownAfterOneRequest(
        (_, connection) ->
            ScriptedServer.answer(
                connection, "200 OK", NodeServer.PARTITION_MEDIA, new byte[] {1, 99}));
    assertUnknownAfterOneRequest(
        (_, connection) ->
            ScriptedServer.answer(
                connection,
                "200 OK",
                NodeServer.PARTITION_MEDIA,
                new byte[NodeServer.REPLY_BYTES_MAX + 1]));
  }

  @Test
  void aKeptConnectionThatBreaksUnderTheSecondRequestDoesNotRepeatIt() throws Exception {
    Script script =
        (number, connection) -> {
          if (number % 2 == 1) {
            written(connection);
          } else {
            connection.setSoLinger(true, 0);
            connection.close();
          }
        };
    try (ScriptedServer server = new ScriptedServer(script);
        RemoteNode node = RemoteNode.plaintextAt(server.address(), "node-b", PATIENT)) {
      for (int round = 1; round <= 20; round++) {
        assertEquals(WRITTEN, node.ask(WRITE));
        assertInstanceOf(PartitionReply.OutcomeUnknown.class, node.ask(WRITE));
        assertEquals(2 * round, server.requests.get());
      }
    }
  }

  @Test
  void aKeptConnectionThatClosesBetweenRequestsNeverDoublesOne() throws Exception {
    Script script =
        (_, connection) -> {
          written(connection);
          connection.close();
        };
    try (ScriptedServer server = new ScriptedServer(script);
        RemoteNode node = RemoteNode.plaintextAt(server.address(), "node-b", PATIENT)) {
      int written = 0;
      int unknown = 0;
      for (int round = 0; round < 50; round++) {
        switch (node.ask(WRITE)) {
          case PartitionReply.Written _ -> written++;
          case PartitionReply.OutcomeUnknown _ -> unknown++;
          case PartitionReply other -> assertInstanceOf(PartitionReply.Unavailable.class, other);
        }
      }
      assertTrue(written > 0);
      int seen = server.requests.get();
      assertTrue(written <= seen && seen <= written + unknown, seen + " requests were seen");
    }
  }

  @Test
  void nobodyListeningMeansThatNothingWasDone() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (RemoteNode node = RemoteNode.plaintextAt(nobody, "node-b", PATIENT)) {
      assertInstanceOf(PartitionReply.Unavailable.class, node.ask(WRITE));
    }
    InetSocketAddress noHost = InetSocketAddress.createUnresolved("node-b.invalid", 1);
    try (RemoteNode node = RemoteNode.plaintextAt(noHost, "node-b", PATIENT)) {
      assertInstanceOf(PartitionReply.Unavailable.class, node.ask(WRITE));
    }
  }

  @Test
  void aHandshakeThatNeverEndsMeansThatNothingWasDone() throws Exception {
    NodeTls tls = new TestAuthority("cluster").issue("router-1");
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        RemoteNode node =
            RemoteNode.at(
                new InetSocketAddress(silent.getInetAddress(), silent.getLocalPort()),
                "node-b",
                tls,
                SHORT)) {
      assertInstanceOf(PartitionReply.Unavailable.class, node.ask(WRITE));
    }
  }

  @Test
  void aConnectionThatIsNeverAcceptedMeansThatNothingWasDone() throws Exception {
    List<SocketChannel> waiting = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = new InetSocketAddress(full.getInetAddress(), full.getLocalPort());
      for (int i = 0; i < 8; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(address);
        waiting.add(channel);
      }
      try (RemoteNode node = RemoteNode.plaintextAt(address, "node-b", SHORT)) {
        assertInstanceOf(PartitionReply.Unavailable.class, node.ask(WRITE));
      }
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  /** The property is read once in a process, so this takes a process of its own. */
  @Test
  void anHttpClientThatIsToldToRetryEverythingStillSendsOnce() throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djdk.httpclient.enableAllMethodRetry=true",
                "-cp",
                System.getProperty("java.class.path"),
                RetryingJvm.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor());
    assertEquals("1 request, OutcomeUnknown", said.strip());
  }

  /** Asks a server that reads and closes, and prints what came of it. */
  static final class RetryingJvm {
    public static void main(String[] args) throws Exception {
      try (ScriptedServer server = new ScriptedServer((_, connection) -> connection.close());
          RemoteNode node =
              RemoteNode.plaintextAt(server.address(), "node-b", RemoteNode.Timeouts.DEFAULT)) {
        PartitionReply reply = node.ask(WRITE);
        System.out.println(server.requests.get() + " request, " + reply.getClass().getSimpleName());
      }
    }
  }

  private static void assertUnknownAfterOneRequest(Script script) throws Exception {
    try (ScriptedServer server = new ScriptedServer(script);
        RemoteNode node = RemoteNode.plaintextAt(server.address(), "node-b", PATIENT)) {
      assertInstanceOf(PartitionReply.OutcomeUnknown.class, node.ask(WRITE));
      assertEquals(1, server.requests.get());
      assertInstanceOf(PartitionReply.Unavailable.class, node.ask(GET));
      assertEquals(2, server.requests.get());
    }
  }

  /** As the server falls silent only once a connection is open, the request is surely sent. */
  private static void assertUnknownAfterSilence(Script silence) throws Exception {
    AtomicBoolean silent = new AtomicBoolean();
    Script script =
        (number, connection) -> {
          if (silent.get()) {
            silence.afterRequest(number, connection);
          } else {
            written(connection);
          }
        };
    try (ScriptedServer server = new ScriptedServer(script);
        RemoteNode node = RemoteNode.plaintextAt(server.address(), "node-b", SHORT)) {
      while (!node.ask(WRITE).equals(WRITTEN)) {
        Thread.onSpinWait();
      }
      int before = server.requests.get();
      silent.set(true);
      assertInstanceOf(PartitionReply.OutcomeUnknown.class, node.ask(WRITE));
      assertEquals(before + 1, server.requests.get());
      assertInstanceOf(PartitionReply.Unavailable.class, node.ask(GET));
    }
  }

  private static void written(Socket connection) throws IOException {
    ScriptedServer.answer(
        connection, "200 OK", NodeServer.PARTITION_MEDIA, WireCodec.encode(WRITTEN));
  }
}
