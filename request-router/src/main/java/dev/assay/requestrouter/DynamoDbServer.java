package dev.assay.requestrouter;

import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.Tables;
import dev.assay.replicastore.expression.ParsedExpressions;
import dev.assay.replicastore.remote.ListenAddress;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.HttpLogConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves DynamoDB's API over HTTP: the door that customers come through.
 *
 * <p>It holds no data. It checks who asks and what, brings each request to the partitions that it
 * concerns, and answers in DynamoDB's words. {@link #start} and {@link #close} are called once
 * each, by whoever wires the process; requests run on virtual threads.
 */
public final class DynamoDbServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DynamoDbServer.class);
  private static final int EXPRESSIONS_REMEMBERED_CHARS = 1 << 20;
  private static final int RECEIVE_BUFFER_BYTES = 256 << 10;

  private final ServerOptions options;
  private final Admission admission;
  private final RequestTimeouts timeouts;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("request-timeouts").factory());
  private final ExecutorService fanOut =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("batch-", 0).factory());
  private final WebServer server;
  private volatile int port;

  /**
   * @param random seeds the request ids; called in the constructor only
   */
  public DynamoDbServer(
      ServerOptions options,
      Credentials credentials,
      MeterRegistry registry,
      InstantSource clock,
      RandomGenerator random,
      Tables tables,
      Nodes nodes) {
    this(options, credentials, registry, clock, random, tables, nodes, Waiting.REAL);
  }

  DynamoDbServer(
      ServerOptions options,
      Credentials credentials,
      MeterRegistry registry,
      InstantSource clock,
      RandomGenerator random,
      Tables tables,
      Nodes nodes,
      Waiting waiting) {
    this.options = options;
    admission = new Admission(options.requestsMax(), options.bodyBytesMax());
    timeouts = new RequestTimeouts(waiting, options.requestTimeout());
    RequestIds requestIds = new RequestIds(random);
    PartitionRouting routing = new PartitionRouting(nodes, waiting, options.leaderWait());
    Map<String, Operation> operations = operations(options, tables, routing, waiting);
    ApiHandler handler =
        new ApiHandler(
            operations,
            new SignatureCheck(credentials, clock),
            admission,
            new ApiMetrics(registry, operations.keySet(), admission),
            requestIds,
            timeouts,
            waiting);
    server = webServer(handler, new TransportErrors(requestIds));
  }

  private Map<String, Operation> operations(
      ServerOptions options, Tables tables, PartitionRouting routing, Waiting waiting) {
    TableDirectory directory = new TableDirectory(tables, waiting::nanoTime);
    ParsedExpressions parsed = new ParsedExpressions(EXPRESSIONS_REMEMBERED_CHARS);
    ItemWriter writer = new ItemWriter(routing);
    FanOut parts = new FanOut(fanOut);
    Map<String, Operation> byName = new LinkedHashMap<>();
    for (Operation operation :
        List.of(
            new BatchGetItem(directory, routing, parsed, parts),
            new BatchWriteItem(directory, routing, parts),
            new CreateTable(tables, options.tablePartitions()),
            new DeleteItem(directory, writer, parsed),
            new DeleteTable(tables, directory),
            new DescribeTable(directory),
            new DescribeTimeToLive(directory),
            new GetItem(directory, routing, parsed),
            new ListTables(tables),
            new ListTagsOfResource(directory),
            new PutItem(directory, writer, parsed),
            new Query(directory, routing, parsed),
            new Scan(directory, routing, parsed),
            new UpdateItem(directory, writer, parsed))) {
      byName.put(operation.name(), operation);
    }
    return byName;
  }

  private WebServer webServer(ApiHandler handler, TransportErrors transportErrors) {
    DirectHandlers.Builder direct = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      direct.addHandler(event, transportErrors);
    }
    return WebServer.builder()
        .host(options.host())
        .port(options.port())
        .shutdownHook(false)
        .featuresDiscoverServices(false)
        .protocolsDiscoverServices(false)
        .addProtocol(
            Http1Config.builder()
                .maxHeadersSize(options.headersSizeMax())
                .log(HttpLogConfig.builder().receiveLog(false).sendLog(false).build())
                .addReceiveListener(timeouts)
                .build())
        .putListenerSocketOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        .connectionOptions(SocketOptions.builder().tcpNoDelay(true).socketKeepAlive(true).build())
        .maxPayloadSize(BodyLimits.ANY_MAX)
        .maxTcpConnections(options.connectionsMax())
        .idleConnectionTimeout(options.idleTimeout())
        .idleConnectionPeriod(options.idleTimeout().dividedBy(4))
        .shutdownGracePeriod(Duration.ofMillis(100))
        .directHandlers(direct.build())
        .routing(HttpRouting.builder().any(handler))
        .build();
  }

  /**
   * Listens from now on.
   *
   * @throws IllegalStateException when it can't, because the port is taken for example
   */
  public void start() {
    try {
      ListenAddress.requireFree(new InetSocketAddress(options.host(), options.port()));
    } catch (IOException e) {
      close();
      throw new IllegalStateException("The DynamoDB API: " + e.getMessage(), e);
    }
    server.start();
    if (!server.isRunning()) {
      close();
      throw new IllegalStateException(
          "the DynamoDB API can't listen on %s:%d; the log says why"
              .formatted(options.host(), options.port()));
    }
    port = server.port();
    timeouts.schedule(timer);
    log.info("DynamoDB API on http://{}:{}", options.host(), port());
  }

  /** Where it listens, once it has started. */
  public int port() {
    return port;
  }

  /** Refuses new requests, waits for those that are there, and stops listening. */
  @Override
  public void close() {
    try {
      if (!admission.close(options.drain())) {
        log.warn("{} requests did not finish within {}", admission.inFlight(), options.drain());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop();
    fanOut.shutdownNow();
    timer.shutdownNow();
    timeouts.close();
  }
}
