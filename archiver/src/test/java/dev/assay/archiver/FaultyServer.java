package dev.assay.archiver;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server of single objects that speaks just enough of S3, and does to each request what the test
 * has planned: the planned faults in their order, then always the last one. It checks no signature.
 */
final class FaultyServer implements AutoCloseable {
  /** What becomes of a request. */
  enum Fault {
    /** It is done and answered. */
    NONE,
    /** It is not done; the answer is 500. */
    ANSWER_500,
    /** It is not done; the answer is 503, in plain text, as from a proxy. */
    ANSWER_503,
    /** It is not done, and never answered. */
    SILENCE,
    /** It is not done; the connection is cut. */
    CUT,
    /** Half of the answer's body is sent, then the connection is cut. */
    HALF_BODY,
    /** It is done, and the connection is cut before the answer. */
    DONE_AND_CUT,
    /** It is done, and never answered. */
    DONE_AND_SILENT,
    /** It is done, and the answer is 500. */
    DONE_AND_500
  }

  final Map<String, byte[]> objects = new ConcurrentHashMap<>();
  final AtomicInteger creates = new AtomicInteger();
  private final Queue<Fault> plan = new ConcurrentLinkedQueue<>();
  private final ServerSocket socket;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  FaultyServer() throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  /** On a socket that is bound already, which may be one of TLS. */
  FaultyServer(ServerSocket socket) {
    this.socket = socket;
    Thread.ofVirtual().start(this::accept);
  }

  URI endpoint() {
    String scheme = socket instanceof SSLServerSocket ? "https" : "http";
    return URI.create(scheme + "://127.0.0.1:" + socket.getLocalPort());
  }

  void plan(Fault... faults) {
    plan.clear();
    plan.addAll(List.of(faults));
  }

  private synchronized Fault next() {
    Fault first = plan.size() > 1 ? plan.poll() : plan.peek();
    return first == null ? Fault.NONE : first;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      OutputStream out = connection.getOutputStream();
      while (answer(in, out)) {
        out.flush();
      }
    } catch (IOException e) {
      connections.remove(connection);
    }
  }

  /** Returns whether the connection goes on. */
  private boolean answer(InputStream in, OutputStream out) throws IOException {
    String request = line(in);
    if (request == null) {
      return false;
    }
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    if (headers.containsKey("expect")) {
      out.write(bytes("HTTP/1.1 100 Continue\r\n\r\n"));
      out.flush();
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    if (headers.getOrDefault("x-amz-content-sha256", "").startsWith("STREAMING")) {
      body = withoutChunks(body);
    }
    String method = request.split(" ")[0];
    String key = request.split(" ")[1].replaceAll("[?].*", "");
    return switch (next()) {
      case NONE -> whole(out, perform(method, key, body));
      case ANSWER_500 -> whole(out, error(500, "InternalError"));
      case ANSWER_503 -> whole(out, new Answer(503, "text/plain", bytes("busy")));
      case SILENCE -> silence();
      case CUT -> false;
      case HALF_BODY -> half(out, perform(method, key, body));
      case DONE_AND_CUT -> {
        perform(method, key, body);
        yield false;
      }
      case DONE_AND_SILENT -> {
        perform(method, key, body);
        yield silence();
      }
      case DONE_AND_500 -> {
        perform(method, key, body);
        yield whole(out, error(500, "InternalError"));
      }
    };
  }

  private record Answer(int status, String type, byte[] body) {
    byte[] head() {
      return bytes(
          "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nETag: \"x\"\r\n\r\n"
              .formatted(status, type, body.length));
    }
  }

  private Answer perform(String method, String key, byte[] body) {
    if (method.equals("PUT")) {
      if (objects.putIfAbsent(key, body) != null) {
        return error(412, "PreconditionFailed");
      }
      creates.incrementAndGet();
      return new Answer(200, "application/xml", new byte[0]);
    }
    byte[] object = objects.get(key);
    return object == null
        ? error(404, "NoSuchKey")
        : new Answer(200, "application/octet-stream", object);
  }

  private static Answer error(int status, String code) {
    return new Answer(
        status,
        "application/xml",
        bytes("<Error><Code>%s</Code><Message>planned</Message></Error>".formatted(code)));
  }

  private static boolean whole(OutputStream out, Answer answer) throws IOException {
    out.write(answer.head());
    out.write(answer.body());
    return true;
  }

  private static boolean half(OutputStream out, Answer answer) throws IOException {
    out.write(answer.head());
    out.write(answer.body(), 0, answer.body().length / 2);
    out.flush();
    return false;
  }

  private boolean silence() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private static byte[] withoutChunks(byte[] body) throws IOException {
    InputStream in = new ByteArrayInputStream(body);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (true) {
      String head = line(in);
      if (head == null) {
        throw new EOFException("no last chunk");
      }
      int size = Integer.parseInt(head.replaceAll(";.*", ""), 16);
      if (size == 0) {
        return out.toByteArray();
      }
      out.write(in.readNBytes(size));
      line(in);
    }
  }

  private static @Nullable String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    socket.close();
    for (Socket each : connections) {
      each.close();
    }
  }
}
