package dev.assay.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Asks an admin port; every failure is one that the command line can show. */
final class AdminClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long POLL_NANOS = 250_000_000;

  private final URI endpoint;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();

  AdminClient(URI endpoint) {
    this.endpoint = endpoint;
  }

  <T> T get(String path, Class<T> type) {
    URI uri = endpoint.resolve(path);
    return parse(uri, send(HttpRequest.newBuilder(uri)), type);
  }

  <T> T post(String path, Object body, Class<T> type) throws IOException {
    URI uri = endpoint.resolve(path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", AdminHandler.JSON)
            .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
    return parse(uri, send(request), type);
  }

  /** Starts something that takes long, and waits for what comes of it. */
  <T> T run(String path, Object request, Class<T> report, Consumer<RunAnswer> progress)
      throws IOException {
    RunAnswer run = post(path, request, RunAnswer.class);
    JsonNode done = run.report();
    while (done == null || done.isNull()) {
      progress.accept(run);
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.interrupted()) {
        throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted");
      }
      run = get(path + "?run=" + run.run(), RunAnswer.class);
      done = run.report();
    }
    return parse(endpoint.resolve(path), done.toString(), report);
  }

  private String send(HttpRequest.Builder request) {
    URI uri = request.build().uri();
    try {
      HttpResponse<String> response =
          http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new CommandFailure(
            exitCode(response.statusCode()),
            uri + " answered " + response.statusCode() + ": " + inWords(response.body()));
      }
      return response.body();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "nothing answers at "
              + uri
              + " ("
              + e
              + "). Is Assay running? Start it with ./assay up,"
              + " or name another --endpoint.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted", e);
    }
  }

  private static ExitCode exitCode(int status) {
    return switch (status) {
      case 404 -> ExitCode.NOT_FOUND;
      case 409 -> ExitCode.LOCKED;
      default -> ExitCode.INCOMPLETE;
    };
  }

  /** The admin port says what is wrong as {"error": "..."}; another server may say anything. */
  private String inWords(String body) {
    try {
      JsonNode error = json.readTree(body).path("error");
      return error.isTextual() ? error.asText() : body.strip();
    } catch (JsonProcessingException e) {
      return body.strip();
    }
  }

  private <T> T parse(URI uri, String body, Class<T> type) {
    try {
      return json.readValue(body, type);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE,
          "the answer of " + uri + " is not what it should be: " + e.getOriginalMessage(),
          e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
