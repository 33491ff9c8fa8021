package dev.assay.replicastore.remote;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A plaintext HTTP server that reads whole requests, counts them, and then does as it is told. */
final class ScriptedServer implements AutoCloseable {
  final AtomicInteger requests = new AtomicInteger();

  /** How connections and the server itself ended, for whoever debugs a test. */
  final ConcurrentLinkedQueue<Exception> endings = new ConcurrentLinkedQueue<>();

  private final ServerSocket listener;
  private final Script script;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What follows a request. The connection goes on afterwards unless it was closed. */
  interface Script {
    void afterRequest(int number, Socket connection) throws Exception;
  }

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  static void answer(Socket connection, String status, String media, byte[] body)
      throws IOException {
    String head =
        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(status, media, body.length);
    connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    connection.getOutputStream().write(body);
    connection.getOutputStream().flush();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listener.accept();
        threads.execute(() -> serve(connection));
      }
    } catch (IOException closed) {
      endings.add(closed);
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream());
      while (!connection.isClosed() && readRequest(in)) {
        script.afterRequest(requests.incrementAndGet(), connection);
      }
    } catch (Exception closed) {
      endings.add(closed);
    }
  }

  private static boolean readRequest(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      head.append((char) next);
    }
    String length =
        head.toString()
            .lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
            .findFirst()
            .orElse("x:0");
    int rest = Integer.parseInt(length.substring(length.indexOf(':') + 1).strip());
    return in.readNBytes(rest).length == rest;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
