package dev.assay.infra;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command that asks an admin port takes. */
final class AskingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      defaultValue = "http://localhost:8010",
      description = "the admin port of a cluster, a node or a router (default: ${DEFAULT-VALUE})")
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

  AdminClient client() {
    return new AdminClient(address());
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

  /** Prints an answer as it was asked for. */
  void print(Object answer, Consumer<PrintWriter> asTable) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case table -> asTable.accept(out);
      case json ->
          out.println(
              new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(answer));
      case yaml -> out.print(new ObjectMapper(new YAMLFactory()).writeValueAsString(answer));
    }
    out.flush();
  }
}
