package dev.assay.infra;

import dev.assay.archiver.EmbeddedStore;
import dev.assay.archiver.S3Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away cluster of real processes on free loopback ports: three nodes and, in this process,
 * the object store of their archive and whatever talks to them. For the demo and for tests that
 * kill.
 */
final class ClusterProcesses implements AutoCloseable {
  static final List<String> NODES = List.of("node-a", "node-b", "node-c");
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final long POLL_NANOS = 50_000_000;
  private static final String BUCKET = "assay";

  private final Path folder;
  private final int storePort;
  private final S3Credentials storeCredentials =
      new S3Credentials("assay", EmbeddedCluster.randomSecret());
  private final Map<String, Addresses> addresses = new LinkedHashMap<>();
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private @Nullable EmbeddedStore store;

  /** Where a node listens: between nodes (consensus and calls), and for its operator. */
  record Addresses(int consensusPort, int callPort, int adminPort) {}

  private ClusterProcesses(Path folder, int storePort) {
    this.folder = folder;
    this.storePort = storePort;
  }

  /**
   * Writes the nodes' configurations below {@code folder}; starts nothing yet.
   *
   * @param settings more lines for every node's file
   */
  static ClusterProcesses prepare(Path folder, String... settings) throws IOException {
    List<Integer> ports = freePorts(NODES.size() * 3 + 1);
    ClusterProcesses cluster = new ClusterProcesses(folder, ports.getLast());
    for (int i = 0; i < NODES.size(); i++) {
      cluster.addresses.put(
          NODES.get(i),
          new Addresses(ports.get(3 * i), ports.get(3 * i + 1), ports.get(3 * i + 2)));
    }
    Files.createDirectories(folder);
    cluster.writeStoreCredentials();
    String more = String.join("\n", settings);
    for (String node : NODES) {
      Files.writeString(cluster.config(node), cluster.nodeConfig(node) + more + "\n");
    }
    Files.writeString(folder.resolve("router.yaml"), cluster.routerConfig());
    return cluster;
  }

  private void writeStoreCredentials() throws IOException {
    Path file = storeCredentialsFile();
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, storeCredentials.accessKey() + ": " + storeCredentials.secret() + "\n");
  }

  private Path storeCredentialsFile() {
    return folder.resolve("store-credentials.yaml");
  }

  /** Where the archive's objects are, as files. */
  Path archive() {
    return folder.resolve("archive").resolve(BUCKET);
  }

  private Path config(String node) {
    return folder.resolve(node + ".yaml");
  }

  Path routerConfigFile() {
    return folder.resolve("router.yaml");
  }

  Path folder() {
    return folder;
  }

  private String nodeConfig(String node) {
    Addresses own = address(node);
    return """
    cluster.name: demo
    node.name: %s
    data.directory: %s
    listen.consensus: 127.0.0.1:%d
    listen.nodeCalls: 127.0.0.1:%d
    listen.admin: 127.0.0.1:%d
    tls.directory: %s
    tls.authority: %s
    archive.endpoint: http://127.0.0.1:%d
    archive.bucket: %s
    archive.credentialsFile: %s
    archive.ageMax: 5s
    members:
    %s\
    """
        .formatted(
            node,
            folder.resolve(node),
            own.consensusPort,
            own.callPort,
            own.adminPort,
            folder.resolve(node).resolve("tls"),
            folder.resolve("authority"),
            storePort,
            BUCKET,
            storeCredentialsFile(),
            members());
  }

  private String routerConfig() {
    return """
    cluster.name: demo
    listen.dynamodb: 127.0.0.1:0
    listen.admin: off
    tls.directory: %s
    tls.authority: %s
    members:
    %s\
    """
        .formatted(folder.resolve("router-tls"), folder.resolve("authority"), members());
  }

  private String members() {
    StringBuilder text = new StringBuilder();
    addresses.forEach(
        (name, address) ->
            text.append("  - name: ")
                .append(name)
                .append('\n')
                .append("    consensus: 127.0.0.1:")
                .append(address.consensusPort)
                .append('\n')
                .append("    nodeCalls: 127.0.0.1:")
                .append(address.callPort)
                .append('\n'));
    return text.toString();
  }

  private Addresses address(String node) {
    Addresses found = addresses.get(node);
    if (found == null) {
      throw new IllegalArgumentException("no node " + node + "; there are " + addresses.keySet());
    }
    return found;
  }

  /** The store and all nodes. */
  void startAll() throws IOException {
    startStore();
    for (String node : NODES) {
      start(node);
    }
  }

  /** Starts it where it was before, with what it held. */
  void startStore() throws IOException {
    store = EmbeddedStore.start(folder.resolve("archive"), storePort, storeCredentials, BUCKET);
  }

  /** Requests that are under way may fail. */
  void stopStore() {
    EmbeddedStore running = store;
    store = null;
    if (running != null) {
      running.close();
    }
  }

  URI admin(String node) {
    return URI.create("http://127.0.0.1:" + address(node).adminPort);
  }

  void start(String node) throws IOException {
    List<String> command = new ArrayList<>(OwnProcess.javaCommand());
    command.addAll(List.of("node", "--config", config(node).toString()));
    Path log = folder.resolve(node + ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    processes.put(node, process);
  }

  long pid(String node) {
    return process(node).pid();
  }

  /** SIGKILL: the process gets no chance to say good-bye. */
  void kill(String node) {
    process(node).destroyForcibly();
    process(node).onExit().join();
  }

  private Process process(String node) {
    Process process = processes.get(node);
    if (process == null) {
      throw new IllegalStateException(node + " was never started");
    }
    return process;
  }

  boolean isAlive(String node) {
    Process process = processes.get(node);
    return process != null && process.isAlive();
  }

  /** Waits until the node says that it is ready; an exit of its process is an error at once. */
  void awaitReady(String node) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    String last = "it did not answer";
    while (System.nanoTime() < deadline) {
      if (!isAlive(node)) {
        throw new CommandFailure(
            ExitCode.INCOMPLETE,
            node + " ended with exit code " + process(node).exitValue() + ":\n" + logTail(node));
      }
      last = readiness(node);
      if (last.isEmpty()) {
        return;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new CommandFailure(
        ExitCode.TIMEOUT,
        node
            + " is not ready after "
            + START_TIMEOUT.toSeconds()
            + " s: "
            + last
            + "\n"
            + logTail(node));
  }

  /** Empty when ready. */
  private String readiness(String node) {
    URI uri = admin(node).resolve("/readyz?verbose");
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? "" : response.body();
    } catch (IOException e) {
      return "its admin port does not answer: " + e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted", e);
    }
  }

  private String logTail(String node) {
    try {
      List<String> lines = Files.readAllLines(folder.resolve(node + ".log"));
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "its log can't be read: " + e;
    }
  }

  /** Ends every process that was started here. */
  @Override
  public void close() {
    processes.values().forEach(Process::destroy);
    for (Process process : processes.values()) {
      try {
        if (!process.waitFor(15, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    stopStore();
  }

  /** Free a moment ago; each stays taken until all are known, so that they differ. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      return ports;
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
