package dev.assay.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code assay status}: the cluster's state, in the manner of {@code zpool status}. */
@Command(
    name = "status",
    description = {
      "Shows every partition's replicas: role, positions, and what is wrong.",
      "Exits with 0 when all is well, 1 when a replica stopped, 3 when something could not be"
          + " asked."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      defaultValue = "http://localhost:8010",
      description = "the admin port of a cluster or a router (default: ${DEFAULT-VALUE})")
  private String endpoint = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Output output = Output.table;

  /** Named as they are typed. */
  enum Output {
    table,
    json,
    yaml
  }

  @Override
  public Integer call() throws IOException {
    String body = fetch(address().resolve("/api/v1/status"));
    ObjectMapper json = new ObjectMapper();
    ClusterStatus status = parse(json, body);
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case table -> StatusText.print(status, out);
      case json -> out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(status));
      case yaml -> out.print(new ObjectMapper(new YAMLFactory()).writeValueAsString(status));
    }
    out.flush();
    return exitCode(status).number;
  }

  private URI address() {
    try {
      URI uri = URI.create(endpoint);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--endpoint is " + endpoint + ": " + e.getMessage(), e);
    }
    throw new ParameterException(
        spec.commandLine(), "--endpoint is " + endpoint + "; it takes http://HOST:PORT");
  }

  private static String fetch(URI uri) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new CommandFailure(
            ExitCode.INCOMPLETE,
            uri + " answered " + response.statusCode() + ": " + response.body().strip());
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

  private static ClusterStatus parse(ObjectMapper json, String body) {
    try {
      return json.readValue(body, ClusterStatus.class);
    } catch (JsonProcessingException e) {
      throw new CommandFailure(
          ExitCode.INCOMPLETE, "the answer is not a status: " + e.getOriginalMessage(), e);
    }
  }

  private static ExitCode exitCode(ClusterStatus status) {
    boolean stopped =
        status.partitions().stream()
            .flatMap(partition -> partition.replicas().stream())
            .anyMatch(replica -> replica.role().equals("STOPPED"));
    if (stopped) {
      return ExitCode.FINDING;
    }
    return status.state() == ClusterStatus.State.ONLINE ? ExitCode.OK : ExitCode.INCOMPLETE;
  }
}
