package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A log that can't be written stops the process; nothing is acknowledged from then on. */
@Execution(ExecutionMode.CONCURRENT)
class DiskErrorTest {
  @TempDir Path folder;

  private final List<Path> mounted = new ArrayList<>();

  private static int run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  /** A file system of its own, which can be filled: writing to it fails then. */
  private void mount(Path path) throws IOException, InterruptedException {
    Files.createDirectories(path);
    mustMount(path, "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", path.toString());
  }

  /**
   * A file system whose device can be filled behind it: writing to it succeeds then, into memory,
   * and fsync fails; and the next fsync succeeds, although what was written is lost.
   *
   * @return the folder to fill
   */
  private Path mountOverDevice(Path path) throws IOException, InterruptedException {
    Path device = folder.resolve("device-" + path.getFileName());
    Files.createDirectories(device);
    Files.createDirectories(path);
    mustMount(device, "mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", device.toString());
    String image = device.resolve("image").toString();
    assertEquals(0, run("truncate", "-s", "64m", image));
    assertEquals(
        0, run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0", "-O", "^has_journal", image));
    mustMount(path, "mount", "-o", "loop", image, path.toString());
    return device;
  }

  private void mustMount(Path path, String... command) throws IOException, InterruptedException {
    if (run(command) != 0) {
      String skip =
          "SKIPPED: a small file system could not be mounted; run as root: "
              + String.join(" ", command);
      System.err.println(skip);
      assertFalse("all".equals(System.getProperty("assay.require")), skip);
      assumeTrue(false, skip);
    }
    mounted.addFirst(path);
  }

  @AfterEach
  void unmount() throws Exception {
    for (Path path : mounted) {
      assertEquals(0, run("umount", "-l", path.toString()));
    }
  }

  /** Takes all the space that is left. */
  private static void fill(Path path) throws IOException {
    byte[] block = new byte[4096];
    try (var out = Files.newOutputStream(path.resolve("filler"))) {
      for (; ; ) {
        out.write(block);
      }
    } catch (IOException full) {
      // That is what it is for.
    }
  }

  @Test
  void aLeaderThatCannotWriteItsLogStopsAndAcknowledgesNothing() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      for (String node : cluster.nodes()) {
        mount(cluster.folder(node));
      }
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("before"));
      String leader = cluster.leader();
      fill(cluster.folder(leader));
      stopsAndAcknowledgesNothing(cluster, leader);
    }
  }

  @Test
  void aFailedFsyncIsNotRepeatedAndThenBelieved() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      Map<String, Path> devices = new HashMap<>();
      for (String node : cluster.nodes()) {
        devices.put(node, mountOverDevice(cluster.folder(node)));
      }
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("before"));
      String leader = cluster.leader();
      fill(Objects.requireNonNull(devices.get(leader)));
      stopsAndAcknowledgesNothing(cluster, leader);
    }
  }

  private static void stopsAndAcknowledgesNothing(TestCluster cluster, String leader) {
    byte[] large = "x".repeat(200_000).getBytes(UTF_8);
    List<CompletableFuture<Long>> appended = new ArrayList<>();
    TestCluster.await(
        "the stop",
        () -> {
          appended.add(cluster.group(leader).append(large));
          return cluster.fatal.stream().anyMatch(what -> what.startsWith(leader));
        });
    long applied = cluster.applier(leader).applied().lsn();
    for (CompletableFuture<Long> each : appended) {
      // Some never end: Ratis may wait for itself now, and the process would be gone.
      if (each.state() == CompletableFuture.State.SUCCESS) {
        assertTrue(each.join() <= applied);
      }
    }
    assertEquals(applied, cluster.applier(leader).applied().lsn());
  }

  @Test
  void aFollowerThatCannotWriteItsLogStopsAndTheOthersGoOn() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      for (String node : cluster.nodes()) {
        mount(cluster.folder(node));
      }
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("before"));
      String follower = cluster.others(cluster.leader()).getFirst();
      fill(cluster.folder(follower));
      TestCluster.await(
          "the stop",
          () -> {
            cluster.append("x".repeat(200_000));
            return cluster.fatal.stream().anyMatch(what -> what.startsWith(follower));
          });
      cluster.stop(follower);
      cluster.awaitAgreement(cluster.append("after"));
    }
  }
}
