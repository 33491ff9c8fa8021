package dev.assay.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.replicastore.MetadataTables;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.Tables;
import dev.assay.requestrouter.Credentials;
import dev.assay.requestrouter.DynamoDbServer;
import dev.assay.requestrouter.RoutedAccess;
import dev.assay.requestrouter.ServerOptions;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What faces outside: the DynamoDB API, and the admin port that says how the cluster is. */
final class Frontend implements AutoCloseable {
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PROBE_WAIT = Duration.ofSeconds(1);
  private static final long POLL_NANOS = 50_000_000;

  private final Closing closing = new Closing();
  private final List<String> nodeNames;
  private final RoutedAccess probe;
  private final MetadataTables tables;
  private final DynamoDbServer server;
  private final @Nullable AdminServer admin;

  /**
   * @param admin where the admin port listens; null for none
   * @param registry closed by whoever made it
   * @param checks of readiness, besides the frontend's own
   * @param routes of the admin port, besides the frontend's own
   */
  record Options(
      ServerOptions server,
      AdminServer.@Nullable Options admin,
      Credentials credentials,
      int tablesMax,
      PrometheusMeterRegistry registry,
      List<? extends HealthCheck> checks,
      Map<String, AdminRoute> routes) {}

  private Frontend(Options options, Nodes nodes, Map<String, NodeCalls> calls) throws Exception {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    nodeNames = List.copyOf(calls.keySet());
    probe = new RoutedAccess(nodes, PROBE_WAIT);
    tables =
        closing.add(
            new MetadataTables(
                new RoutedAccess(nodes, options.server.leaderWait()),
                nodeNames,
                options.tablesMax,
                clock,
                random));
    tables.start();
    server =
        closing.add(
            new DynamoDbServer(
                options.server,
                options.credentials,
                options.registry,
                clock,
                random,
                tables,
                nodes));
    startServer();
    admin =
        options.admin == null
            ? null
            : closing.add(
                AdminServer.start(
                    options.admin,
                    checks(options.checks),
                    options.registry,
                    routes(options.routes, calls)));
  }

  private List<HealthCheck> checks(List<? extends HealthCheck> others) {
    List<HealthCheck> checks = new ArrayList<>();
    checks.add(new WritesAccepted());
    checks.addAll(others);
    return checks;
  }

  private Map<String, AdminRoute> routes(
      Map<String, AdminRoute> others, Map<String, NodeCalls> calls) {
    Map<String, AdminRoute> routes = new LinkedHashMap<>(others);
    routes.put("/api/v1/status", AdminRoute.get(_ -> status(calls)));
    return routes;
  }

  private void startServer() throws IOException {
    try {
      server.start();
    } catch (IllegalStateException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  static Frontend start(Options options, Nodes nodes, Map<String, NodeCalls> calls)
      throws Exception {
    return new Frontend(options, nodes, calls);
  }

  private byte[] status(Map<String, NodeCalls> calls) throws AdminError {
    try {
      return new ObjectMapper().writeValueAsBytes(ClusterStatus.collect(tables, calls));
    } catch (Tables.Unavailable e) {
      throw new AdminError(503, String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a status is always JSON", e);
    }
  }

  /** Writes are accepted once the metadata partition has a leader. */
  private final class WritesAccepted implements HealthCheck {
    @Override
    public String name() {
      return "writes";
    }

    @Override
    public @Nullable String problem() {
      PartitionReply reply =
          probe.ask(
              nodeNames,
              new PartitionRequest.Get(PartitionId.METADATA, new byte[Long.BYTES], true));
      return reply instanceof PartitionReply.Got
          ? null
          : "the metadata partition has no leader yet; writes are accepted once it has: " + reply;
    }
  }

  void awaitReady() {
    HealthCheck writes = new WritesAccepted();
    long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
    String problem = writes.problem();
    while (problem != null) {
      if (System.nanoTime() > deadline) {
        throw new CommandFailure(ExitCode.TIMEOUT, "not ready: " + problem);
      }
      LockSupport.parkNanos(POLL_NANOS);
      problem = writes.problem();
    }
  }

  Tables tables() {
    return tables;
  }

  int port() {
    return server.port();
  }

  /** 0 when there is none. */
  int adminPort() {
    return admin == null ? 0 : admin.port();
  }

  @Override
  public void close() throws Exception {
    closing.close();
  }
}
