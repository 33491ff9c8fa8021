package dev.assay.replicastore.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that are strangers, slow, silent, or send what no client of ours sends. */
@Timeout(60)
class NodeServerIT {
  private static final TestAuthority AUTHORITY = new TestAuthority("cluster");
  private static final NodeTls NODE_B = AUTHORITY.issue("node-b");
  private static final NodeTls ROUTER = AUTHORITY.issue("router-1");
  private static final PartitionRequest WRITE =
      new PartitionRequest.Write(
          FakeNode.PARTITION, new byte[] {1}, new Change.Delete(), null, Bindings.NONE);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(50);

  private final FakeNode fake = new FakeNode();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void aClientWithoutACertificateIsNotServed() throws Exception {
    NodeServer server = serve(100, LONG, LONG, LONG);
    SSLContext noCertificate = SSLContext.getInstance("TLSv1.3");
    noCertificate.init(null, new TrustManager[] {ROUTER.authority()}, null);
    for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
      SSLSocket socket = (SSLSocket) noCertificate.getSocketFactory().createSocket();
      open.add(socket);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      socket.setEnabledProtocols(new String[] {protocol});
      assertThrows(
          IOException.class,
          () -> {
            post(socket, WireCodec.encode(WRITE));
            String answer = readAll(socket);
            throw new IOException("closed after \"" + answer + "\"");
          });
    }
    assertEquals(0, fake.asked.get());
    assertServes(server);
  }

  @Test
  void plaintextIsNotServed() throws Exception {
    NodeServer server = serve(100, LONG, LONG, LONG);
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    open.add(socket);
    post(socket, WireCodec.encode(WRITE));
    String answer;
    try {
      answer = readAll(socket);
    } catch (IOException reset) {
      answer = "";
    }
    assertTrue(!answer.contains("HTTP"), answer);
    assertEquals(0, fake.asked.get());
    assertServes(server);
  }

  @Test
  void aClientThatNeverShakesHandsIsDropped() throws Exception {
    NodeServer server = serve(1, SHORT, LONG, LONG);
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    open.add(socket);
    assertEnds(socket);
    assertServes(server);
  }

  @Test
  void aClientThatSaysNothingIsDropped() throws Exception {
    NodeServer server = serve(1, LONG, SHORT, LONG);
    assertEnds(connect(server));
    assertServes(server);
  }

  @Test
  void aHandshakeLimitDoesNotCutAnIdleConnection() throws Exception {
    Duration handshake = Duration.ofSeconds(2);
    NodeServer server = serve(100, handshake, LONG, LONG);
    SSLSocket socket = connect(server);
    TimeUnit.MILLISECONDS.sleep(handshake.toMillis() + 100);
    post(socket, WireCodec.encode(WRITE));
    assertTrue(readSome(socket).startsWith("HTTP/1.1 200"));
  }

  @Test
  void aBodyThatTricklesInIsCutOff() throws Exception {
    NodeServer server = serve(1, LONG, LONG, SHORT);
    SSLSocket socket = connect(server);
    OutputStream out = socket.getOutputStream();
    out.write(head(100_000));
    assertThrows(
        IOException.class,
        () -> {
          while (true) {
            out.write(1);
            out.flush();
            TimeUnit.MILLISECONDS.sleep(5);
          }
        });
    assertEquals(0, fake.asked.get());
    assertServes(server);
  }

  @Test
  void aBodyThatNeverComesIsCutOff() throws Exception {
    NodeServer server = serve(1, LONG, LONG, SHORT);
    SSLSocket socket = connect(server);
    socket.getOutputStream().write(head(10));
    socket.getOutputStream().flush();
    assertEnds(socket);
    assertEquals(0, fake.asked.get());
    assertServes(server);
  }

  @Test
  void aReplyThatNobodyTakesIsGivenUp() throws Exception {
    NodeServer server = serve(1, LONG, LONG, SHORT);
    fake.reply = new PartitionReply.Got(new Item(Map.of("b", new Value.Bin(new byte[12 << 20]))));
    Socket narrow = new Socket();
    open.add(narrow);
    narrow.setReceiveBufferSize(4096);
    narrow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    SSLSocket socket =
        (SSLSocket)
            ROUTER
                .toNode("node-b")
                .getSocketFactory()
                .createSocket(narrow, "localhost", server.port(), true);
    post(socket, WireCodec.encode(WRITE));
    awaitAsked(1);
    // The only connection is free again although nothing was read from this one.
    fake.reply = new PartitionReply.Written(42, null, null);
    assertServes(server);
  }

  @Test
  void aBodyLargerThanTheLimitIsRefused() throws Exception {
    NodeServer server = serve(100, LONG, LONG, LONG);
    SSLSocket declared = connect(server);
    declared.getOutputStream().write(head(NodeServer.REQUEST_BYTES_MAX + 1));
    assertTrue(readSome(declared).startsWith("HTTP/1.1 413"));
    assertEquals(0, fake.asked.get());
  }

  @Test
  void bytesThatAreNoRequestAreRefusedInWords() throws Exception {
    NodeServer server = serve(100, LONG, LONG, LONG);
    byte[] message = WireCodec.encode(WRITE);
    message[0] = 9;
    SSLSocket socket = connect(server);
    post(socket, message);
    String answer = readSome(socket);
    assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
    assertTrue(answer.contains("too new: expected version 1 or older, actual 9"), answer);
    SSLSocket empty = connect(server);
    post(empty, new byte[0]);
    assertTrue(readSome(empty).startsWith("HTTP/1.1 400"));
    assertEquals(0, fake.asked.get());
  }

  @Test
  void otherPathsAndMethodsAreNotServed() throws Exception {
    NodeServer server = serve(100, LONG, LONG, LONG);
    for (String line : List.of("GET /partition", "POST /", "POST /partition/x", "DELETE /node")) {
      SSLSocket socket = connect(server);
      String request = line + " HTTP/1.1\r\nHost: node-b\r\nContent-Length: 0\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = readSome(socket);
      assertTrue(answer.startsWith("HTTP/1.1 40"), line + ": " + answer);
    }
    assertEquals(0, fake.asked.get());
  }

  @Test
  void rubbishAfterTheHandshakeEndsOnlyItsOwnConnection() throws Exception {
    NodeServer server = serve(100, LONG, LONG, LONG);
    SSLSocket socket = connect(server);
    byte[] rubbish = new byte[64 << 10];
    new java.util.Random(1).nextBytes(rubbish);
    assertTrue(endsAfter(socket, rubbish));
    assertEquals(0, fake.asked.get());
    assertServes(server);
  }

  @Test
  void closingEndsConnectionsThatNobodyUses() throws Exception {
    NodeServer server = serve(100, LONG, LONG, LONG);
    SSLSocket silent = connect(server);
    SSLSocket kept = connect(server);
    post(kept, WireCodec.encode(WRITE));
    assertTrue(readSome(kept).startsWith("HTTP/1.1 200"));
    SSLSocket half = connect(server);
    half.getOutputStream().write("POST /part".getBytes(StandardCharsets.US_ASCII));
    half.getOutputStream().flush();
    Socket unshaken = new Socket(InetAddress.getLoopbackAddress(), server.port());
    open.add(unshaken);
    server.close();
    for (Socket each : List.of(silent, kept, half, unshaken)) {
      assertEnds(each);
    }
  }

  /** Answers in the end; the test's own timeout bounds the wait. */
  private void assertServes(NodeServer server) throws Exception {
    try (RemoteNode node =
        RemoteNode.at(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
            "node-b",
            ROUTER,
            new RemoteNode.Timeouts(LONG, LONG, LONG))) {
      // A limit that is short for a test may cut this client off, too, on a slow machine.
      while (!node.ask(WRITE).equals(new PartitionReply.Written(42, null, null))) {
        Thread.onSpinWait();
      }
    }
  }

  private void awaitAsked(int count) {
    while (fake.asked.get() < count) {
      Thread.onSpinWait();
    }
  }

  private NodeServer serve(int connectionsMax, Duration handshake, Duration idle, Duration transfer)
      throws Exception {
    NodeServer server =
        NodeServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            NODE_B,
            fake,
            fake,
            new NodeServer.Limits(
                100, connectionsMax, handshake, idle, transfer, Duration.ofMillis(500)));
    open.add(server);
    return server;
  }

  private SSLSocket connect(NodeServer server) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            ROUTER
                .toNode("node-b")
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port());
    open.add(socket);
    socket.startHandshake();
    return socket;
  }

  private static byte[] head(int contentLength) {
    return ("POST /partition HTTP/1.1\r\nHost: node-b\r\nContent-Length: " + contentLength)
        .concat("\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void post(Socket socket, byte[] message) throws IOException {
    socket.getOutputStream().write(head(message.length));
    socket.getOutputStream().write(message);
    socket.getOutputStream().flush();
  }

  private static String readSome(Socket socket) throws IOException {
    byte[] buffer = new byte[4096];
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0 || socket.getInputStream().available() > 0) {
      int length = socket.getInputStream().read(buffer);
      if (length < 0) {
        break;
      }
      answer.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
    }
    return answer.toString();
  }

  private static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private static void assertEnds(Socket socket) {
    assertTrue(endsAfter(socket, new byte[0]));
  }

  /** The server ends the connection, in whichever way; the test's own timeout bounds the wait. */
  private static boolean endsAfter(Socket socket, byte[] message) {
    try {
      socket.getOutputStream().write(message);
      socket.getOutputStream().flush();
      socket.getInputStream().readAllBytes();
      return true;
    } catch (IOException reset) {
      return true;
    }
  }
}
