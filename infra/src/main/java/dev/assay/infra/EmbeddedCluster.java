package dev.assay.infra;

import dev.assay.archiver.ArchiveOptions;
import dev.assay.archiver.AwsObjectStore;
import dev.assay.archiver.EmbeddedStore;
import dev.assay.archiver.MinioObjectStore;
import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.S3Credentials;
import dev.assay.archiver.SegmentBudget;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.consensus.Consensus.Member;
import dev.assay.replicastore.consensus.InProcessNetwork;
import dev.assay.replicastore.consensus.Transport;
import dev.assay.replicastore.store.SharedStorage;
import dev.assay.requestrouter.Credentials;
import dev.assay.requestrouter.ServerOptions;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes, a router and the admin port in one process. The nodes talk by method calls, so
 * nothing between them is on a socket.
 */
final class EmbeddedCluster implements AutoCloseable {
  private static final String CLUSTER = "embedded";
  private static final int TABLES_MAX = 2_500;

  private static final String BUCKET = "assay";

  /** Segments in memory at a time, of all three nodes: their heap is small. */
  private static final int SEGMENTS_IN_FLIGHT = 3;

  private final Closing closing = new Closing();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, NodeArchive> archives = new LinkedHashMap<>();
  private final Map<String, RunningNode> nodes = new ConcurrentSkipListMap<>();
  private final Frontend frontend;

  /**
   * @param port of the DynamoDB API; 0 for a free one
   * @param adminPort of health, metrics and the CLI's API; 0 for a free one
   * @param partitions of a new table
   * @param archive how its agents behave; null when nothing is archived, so that logs are dropped
   *     when applied, and nothing can be verified afterwards
   */
  record Options(
      Path data,
      int port,
      int adminPort,
      int partitions,
      Credentials credentials,
      @Nullable ArchiveOptions archive) {
    Options(Path data, int port, int adminPort, int partitions, Credentials credentials) {
      this(data, port, adminPort, partitions, credentials, ArchiveOptions.DEFAULTS);
    }
  }

  private EmbeddedCluster(Options options) throws Exception {
    boolean started = false;
    try {
      closing.add(registry::close);
      if (options.archive != null) {
        openArchives(options.data, options.archive);
      }
      startNodes(options.data);
      List<SignerPublication> signers = publishSigners();
      frontend =
          closing.add(
              Frontend.start(
                  new Frontend.Options(
                      ServerOptions.DEFAULTS
                          .withPort(options.port)
                          .withTablePartitions(options.partitions),
                      AdminServer.Options.loopback(options.adminPort),
                      options.credentials,
                      TABLES_MAX,
                      registry,
                      signers,
                      archiveRoutes(options.data)),
                  new LocalNodes(),
                  calls()));
      started = true;
    } finally {
      if (!started) {
        closing.close();
      }
    }
  }

  static EmbeddedCluster start(Options options) throws Exception {
    return new EmbeddedCluster(options);
  }

  /** The store in this process; the nodes' keys are certified by a root beside them. */
  private void openArchives(Path data, ArchiveOptions options) throws Exception {
    S3Credentials credentials = new S3Credentials("assay", randomSecret());
    EmbeddedStore store =
        closing.add(EmbeddedStore.start(data.resolve("archive"), 0, credentials, BUCKET));
    InstantSource clock = InstantSource.system();
    ObjectStore writing = closing.add(new AwsObjectStore(store.options(), clock));
    ObjectStore reading = closing.add(new MinioObjectStore(store.options(), clock));
    SegmentBudget budget = new SegmentBudget(SEGMENTS_IN_FLIGHT);
    Path keys = data.resolve("keys");
    for (String name : ClusterProcesses.NODES) {
      NodeArchive.Setup setup =
          new NodeArchive.Setup(
              CLUSTER,
              data.resolve(name).resolve("archive"),
              ArchiveKeys.open(keys, keys.resolve("authority"), CLUSTER, name, clock),
              writing,
              reading,
              options,
              budget,
              registry);
      archives.put(name, new NodeArchive(setup));
    }
  }

  private Map<String, AdminRoute> archiveRoutes(Path data) throws Exception {
    if (archives.isEmpty()) {
      return Map.of();
    }
    List<NodeArchive> all = List.copyOf(archives.values());
    Map<String, AdminRoute> routes =
        new LinkedHashMap<>(closing.add(new ArchiveService(all)).routes());
    Path folder = data.resolve("scrub").resolve("reference");
    routes.putAll(closing.add(ReferenceService.open(all.getFirst().setup(), folder)).routes());
    return routes;
  }

  static String randomSecret() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  private List<SignerPublication> publishSigners() {
    List<SignerPublication> publications = new ArrayList<>();
    for (NodeArchive archive : archives.values()) {
      publications.add(
          closing.add(
              SignerPublication.start(
                  archive.setup().keys(), new LocalNodes(), ClusterProcesses.NODES)));
    }
    return publications;
  }

  private void startNodes(Path data) throws Exception {
    SharedStorage storage = closing.add(new SharedStorage());
    InProcessNetwork network = new InProcessNetwork();
    List<Member> members = new ArrayList<>();
    for (String name : ClusterProcesses.NODES) {
      members.add(new Member(name, name));
    }
    for (String name : ClusterProcesses.NODES) {
      RunningNode.Wiring wiring =
          new RunningNode.Wiring(
              CLUSTER,
              name,
              data.resolve(name),
              members,
              new Transport.InProcess(network),
              UnaryOperator.identity(),
              storage,
              this::callsOf,
              archives.get(name));
      nodes.put(name, closing.add(RunningNode.start(wiring)));
    }
  }

  private Map<String, NodeCalls> calls() {
    Map<String, NodeCalls> calls = new LinkedHashMap<>();
    nodes.forEach((name, node) -> calls.put(name, node.calls()));
    return calls;
  }

  private @Nullable NodeCalls callsOf(String name) {
    RunningNode node = nodes.get(name);
    return node == null ? null : node.calls();
  }

  /** Every node is in this process. */
  private final class LocalNodes implements Nodes {
    @Override
    public @Nullable PartitionAccess find(String name) {
      RunningNode node = nodes.get(name);
      return node == null ? null : node.node();
    }

    @Override
    public boolean isLocal(String name) {
      return true;
    }
  }

  void awaitReady() throws InterruptedException {
    frontend.awaitReady();
  }

  /** By node; empty when nothing is archived. */
  Map<String, NodeArchive> archives() {
    return Collections.unmodifiableMap(archives);
  }

  int port() {
    return frontend.port();
  }

  int adminPort() {
    return frontend.adminPort();
  }

  /** The frontend first, so that what it was asked is still answered. */
  @Override
  public void close() throws Exception {
    closing.close();
  }
}
