package dev.assay.archiver;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Ceph's radosgw, started by the repository's script. */
final class Radosgw implements AutoCloseable {
  private static final String HOW_TO_GET =
      "apt-get install -y --no-install-recommends ceph-mon ceph-osd radosgw";

  private final Path folder;

  private Radosgw(Path folder) {
    this.folder = folder;
  }

  /** Starts it, or skips the test if the machine lacks it. */
  static Radosgw start(Path parent) throws IOException, InterruptedException {
    for (String command : List.of("ceph-mon", "ceph-osd", "radosgw")) {
      Needs.command(HOW_TO_GET, command, "--version");
    }
    Needs.command("a shell of root", "sh", "-c", "test $(id -u) = 0");
    Radosgw radosgw = new Radosgw(parent.resolve("radosgw"));
    radosgw.script("start", 150);
    return radosgw;
  }

  S3Options options(String bucket) throws IOException {
    List<String> keys = Files.readAllLines(folder.resolve("credentials"));
    return S3Options.of(
        URI.create(Files.readString(folder.resolve("endpoint")).strip()),
        "us-east-1",
        bucket,
        new S3Credentials(keys.get(0), keys.get(1)));
  }

  private void script(String action, int seconds) throws IOException, InterruptedException {
    Path output = folder.resolveSibling("radosgw-" + action + ".log");
    Process process =
        new ProcessBuilder("../infra/test-servers/radosgw.sh", action, folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(
          "radosgw.sh %s %s:%n%s"
              .formatted(
                  action,
                  ended ? "failed" : "took over " + seconds + " s",
                  Files.readString(output)));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      script("stop", 30);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while radosgw was stopped", e);
    }
  }
}
