package dev.assay.infra;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code assay reference status [TABLE[/PARTITION]]}. */
@Command(
    name = "status",
    description = {
      "Shows the newest reference of each partition that the last build knew: its position and the",
      "time of its last change, the root's digest, items and bytes, the size of the tree and of"
          + " its",
      "packs, the share of the tree that the last fold took over, lineage breaks, what is archived",
      "and not folded yet, and when it was last rebuilt from genesis.",
      "Exits with 0 when everything archived has a reference, 1 for LINEAGE, LOST, CORRUPT or",
      "FORKED, 3 when something has none or could not be read, 10 when there is no such table."
    },
    mixinStandardHelpOptions = true)
final class ReferenceStatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AskingOptions asking = new AskingOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "TABLE[/PARTITION]",
      description = "what to show, metadata for the cluster's own table (default: everything)")
  private @Nullable String target;

  @Override
  public Integer call() throws IOException {
    PartitionTarget wanted = PartitionTarget.parse(spec, target);
    String query =
        wanted.table() == null
            ? ""
            : "?table=" + URLEncoder.encode(wanted.table(), StandardCharsets.UTF_8);
    if (wanted.partition() != null) {
      query += "&partition=" + wanted.partition();
    }
    try (AdminClient admin = asking.client()) {
      ReferenceStatusReport report =
          admin.get(ReferenceService.STATUS + query, ReferenceStatusReport.class);
      asking.print(report, out -> ReferenceText.print(report, out));
      return report.exitCode().number;
    }
  }
}
