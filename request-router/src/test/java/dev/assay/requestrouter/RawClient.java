package dev.assay.requestrouter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** A socket that says exactly what a test wants, and reads what comes back. */
final class RawClient implements AutoCloseable {
  /** Far more than any answer takes; a test that waits for it fails. */
  private static final int HANG_MS = 30_000;

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(HANG_MS);
    in = socket.getInputStream();
  }

  /**
   * @param headers by their names in lower case
   */
  record Answer(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    /** Whether the checksum header is that of the body. */
    boolean checksumFits() {
      CRC32 crc = new CRC32();
      crc.update(body.getBytes(StandardCharsets.UTF_8));
      return header("x-amz-crc32").equals(Long.toString(crc.getValue()));
    }
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a whole POST with these headers; its length is added. */
  RawClient post(Map<String, String> headers, byte[] body) throws IOException {
    StringBuilder head = new StringBuilder("POST / HTTP/1.1\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (headers.keySet().stream().noneMatch(name -> name.equalsIgnoreCase("host"))) {
      head.append("Host: 127.0.0.1\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    send(head.toString());
    return send(body);
  }

  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Null when the server closed the connection without an answer. */
  @Nullable Answer answerOrEnd() throws IOException {
    String statusLine = line();
    if (statusLine == null) {
      return null;
    }
    int status = Integer.parseInt(statusLine.split(" ")[1]);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); line != null && !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Answer(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  Answer answer() throws IOException {
    Answer answer = answerOrEnd();
    if (answer == null) {
      throw new AssertionError("the server closed the connection without an answer");
    }
    return answer;
  }

  /** Whether the server has closed its side, once everything that it sent is read. */
  boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  /** Waits so long for something to read; true when the server has closed its side instead. */
  boolean wait(Duration time) throws IOException {
    socket.setSoTimeout(Math.toIntExact(time.toMillis()));
    try {
      while (in.read() >= 0) {
        // What it says before it closes does not matter.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(HANG_MS);
    }
  }

  private @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int next = in.read();
      if (next < 0) {
        return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
      }
      if (next == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).strip();
      }
      line.write(next);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
