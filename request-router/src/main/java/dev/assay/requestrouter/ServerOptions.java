package dev.assay.requestrouter;

import java.time.Duration;

/**
 * How a {@link DynamoDbServer} listens and what it bounds.
 *
 * @param host where to listen; loopback unless somebody chooses otherwise
 * @param port 0 for a free one
 * @param requestsMax requests that are handled at a time
 * @param connectionsMax connections that are open at a time
 * @param bodyBytesMax bytes of request bodies that are held at a time
 * @param headersSizeMax bytes that the headers of a request may have
 * @param idleTimeout how long a connection may be open without a request; longer than clients keep
 *     theirs, so that it is they who close
 * @param requestTimeout how long a request may take to arrive and be answered, however it trickles
 * @param leaderWait how long a request waits for a partition that has no leader
 * @param drain how long {@link DynamoDbServer#close} waits for requests to finish
 * @param tablePartitions partitions of a new table
 */
public record ServerOptions(
    String host,
    int port,
    int requestsMax,
    int connectionsMax,
    long bodyBytesMax,
    int headersSizeMax,
    Duration idleTimeout,
    Duration requestTimeout,
    Duration leaderWait,
    Duration drain,
    int tablePartitions) {

  public static final ServerOptions DEFAULTS =
      new ServerOptions(
          "127.0.0.1",
          8000,
          1_000,
          4_096,
          256L << 20,
          16 << 10,
          Duration.ofSeconds(75),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          1);

  public ServerOptions {
    requirePositive(requestsMax, "requestsMax");
    requirePositive(connectionsMax, "connectionsMax");
    requirePositive(bodyBytesMax, "bodyBytesMax");
    requirePositive(headersSizeMax, "headersSizeMax");
    requirePositive(idleTimeout.toMillis(), "idleTimeout");
    requirePositive(requestTimeout.toMillis(), "requestTimeout");
    requirePositive(tablePartitions, "tablePartitions");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be from 0 to 65535, not " + port);
    }
    if (leaderWait.isNegative() || drain.isNegative()) {
      throw new IllegalArgumentException("leaderWait and drain must not be negative");
    }
  }

  private static void requirePositive(long value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, not " + value);
    }
  }

  public ServerOptions withHost(String newHost) {
    return new ServerOptions(
        newHost,
        port,
        requestsMax,
        connectionsMax,
        bodyBytesMax,
        headersSizeMax,
        idleTimeout,
        requestTimeout,
        leaderWait,
        drain,
        tablePartitions);
  }

  public ServerOptions withPort(int newPort) {
    return new ServerOptions(
        host,
        newPort,
        requestsMax,
        connectionsMax,
        bodyBytesMax,
        headersSizeMax,
        idleTimeout,
        requestTimeout,
        leaderWait,
        drain,
        tablePartitions);
  }

  public ServerOptions withTablePartitions(int newTablePartitions) {
    return new ServerOptions(
        host,
        port,
        requestsMax,
        connectionsMax,
        bodyBytesMax,
        headersSizeMax,
        idleTimeout,
        requestTimeout,
        leaderWait,
        drain,
        newTablePartitions);
  }

  public ServerOptions withRequestsMax(int newRequestsMax) {
    return new ServerOptions(
        host,
        port,
        newRequestsMax,
        connectionsMax,
        bodyBytesMax,
        headersSizeMax,
        idleTimeout,
        requestTimeout,
        leaderWait,
        drain,
        tablePartitions);
  }
}
