package dev.assay.replicastore.remote;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.remote.Call.Answer;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers other processes of the cluster for this node: {@code POST /partition} carries a {@link
 * PartitionRequest}, {@code POST /node} a call of {@link NodeCalls}. Only clients with a
 * certificate of the cluster's authority get in.
 *
 * <p>A body of the reply's media type is always the partition's own reply, whatever the HTTP
 * status; anything else comes from the machinery in between, and tells a client nothing about what
 * was done.
 *
 * <p>Does not bound how slowly a certified client sends its headers, beyond the idle timeout
 * between two bytes.
 */
public final class NodeServer implements AutoCloseable {
  static final String PARTITION_PATH = "/partition";
  static final String CALL_PATH = "/node";
  static final String PARTITION_MEDIA = "application/vnd.assay.partition";
  static final String CALL_MEDIA = "application/vnd.assay.node-call";

  /** An item of 400 KB in a put, or the 2 MB that an expression's values may take, and room. */
  static final int REQUEST_BYTES_MAX = 4 << 20;

  /** A page of a range with its keys, or a part of a file, and room. */
  static final int REPLY_BYTES_MAX = 16 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(NodeServer.class);

  private final PartitionAccess partitions;
  private final NodeCalls calls;
  private final Limits limits;
  private final boolean secure;
  private final Semaphore slots;
  private final ScheduledThreadPoolExecutor timer;
  private final WebServer server;

  /**
   * @param requestsMax how many requests are carried out at once; more are {@code Overloaded}
   * @param connectionsMax more wait to be accepted
   * @param handshake within which a client must show its certificate
   * @param idle after which a silent connection is closed; longer than clients keep an unused one
   * @param transfer within which a request must be here, and its reply taken
   * @param drain how long {@link #close} waits for requests under way
   */
  public record Limits(
      int requestsMax,
      int connectionsMax,
      Duration handshake,
      Duration idle,
      Duration transfer,
      Duration drain) {
    public static final Limits DEFAULT =
        new Limits(
            512,
            4096,
            Duration.ofSeconds(10),
            Duration.ofSeconds(90),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10));
  }

  private NodeServer(
      InetSocketAddress listen,
      @Nullable NodeTls tls,
      PartitionAccess partitions,
      NodeCalls calls,
      Limits limits)
      throws GeneralSecurityException {
    this.partitions = partitions;
    this.calls = calls;
    this.limits = limits;
    this.secure = tls != null;
    this.slots = new Semaphore(limits.requestsMax());
    ThreadFactory threads = Thread.ofPlatform().daemon().name("node-server-timer").factory();
    this.timer = new ScheduledThreadPoolExecutor(1, threads);
    this.timer.setRemoveOnCancelPolicy(true);
    this.server = configure(listen, tls).build();
  }

  /**
   * Listens, and answers until {@link #close}.
   *
   * @throws IOException when it can't listen there
   */
  public static NodeServer start(
      InetSocketAddress listen,
      NodeTls tls,
      PartitionAccess partitions,
      NodeCalls calls,
      Limits limits)
      throws IOException, GeneralSecurityException {
    return start(new NodeServer(listen, tls, partitions, calls, limits), listen);
  }

  /** Without TLS, for tests of this package alone. */
  static NodeServer startPlaintext(
      InetSocketAddress listen, PartitionAccess partitions, NodeCalls calls, Limits limits)
      throws IOException, GeneralSecurityException {
    return start(new NodeServer(listen, null, partitions, calls, limits), listen);
  }

  private static NodeServer start(NodeServer created, InetSocketAddress listen) throws IOException {
    boolean started = false;
    try {
      ListenAddress.requireFree(listen);
      created.server.start();
      started = created.server.isRunning();
    } finally {
      if (!started) {
        created.timer.shutdownNow();
      }
    }
    if (!started) {
      throw new IOException("can't listen on " + listen + "; the log says why");
    }
    return created;
  }

  private WebServerConfig.Builder configure(InetSocketAddress listen, @Nullable NodeTls tls)
      throws GeneralSecurityException {
    WebServerConfig.Builder config =
        WebServer.builder()
            .bindAddress(listen)
            .shutdownHook(false)
            // Channels read without a timeout.
            .useNio(false)
            .connectionOptions(options -> options.tcpNoDelay(true))
            .maxTcpConnections(limits.connectionsMax())
            .maxPayloadSize(REQUEST_BYTES_MAX)
            .shutdownGracePeriod(limits.drain())
            .routing(
                routing ->
                    routing
                        .post(PARTITION_PATH, this::answerPartition)
                        .post(CALL_PATH, this::answerCall));
    if (tls != null) {
      SSLContext context = ClientCertificateRequired.of(tls.fromAnybodyCertified(), limits, timer);
      config.tls(Tls.builder().sslContext(context).clientAuth(TlsClientAuth.REQUIRED).build());
    }
    return config;
  }

  /** The port that it listens on, also when any free one was asked for. */
  public int port() {
    return server.port();
  }

  /** Takes no more requests, and waits a while for those under way. */
  @Override
  public void close() {
    server.stop();
    timer.shutdownNow();
  }

  private void answerPartition(ServerRequest request, ServerResponse response) {
    byte[] body = receive(request);
    PartitionReply reply;
    Status status = Status.OK_200;
    try {
      reply = carryOut(WireCodec.decodeRequest(body));
    } catch (FormatException e) {
      status = Status.BAD_REQUEST_400;
      reply = new PartitionReply.Unavailable("the node can't read the request: " + e.getMessage());
    }
    send(response, status, PARTITION_MEDIA, WireCodec.encode(reply));
  }

  private PartitionReply carryOut(PartitionRequest request) {
    if (!slots.tryAcquire()) {
      return new PartitionReply.Overloaded();
    }
    try {
      return partitions.ask(request);
    } catch (RuntimeException e) {
      LOG.error("A request to {} failed in a way that it must not", request.partition(), e);
      return RemoteNode.lost(request, "the node failed while it carried the request out");
    } finally {
      slots.release();
    }
  }

  private void answerCall(ServerRequest request, ServerResponse response) {
    byte[] body = receive(request);
    Answer answer;
    Status status = Status.OK_200;
    try {
      answer = carryOut(CallCodec.decodeCall(body));
    } catch (FormatException e) {
      status = Status.BAD_REQUEST_400;
      answer =
          new Answer.Failed(
              new CallFailed.Unavailable("the node can't read the call: " + e.getMessage()));
    }
    send(response, status, CALL_MEDIA, CallCodec.encode(answer));
  }

  private Answer carryOut(Call call) {
    if (!slots.tryAcquire()) {
      return new Answer.Failed(new CallFailed.Unavailable("the node is overloaded"));
    }
    try {
      return call.on(calls);
    } catch (RuntimeException e) {
      LOG.error("The call {} failed in a way that it must not", call, e);
      return new Answer.Failed(
          RemoteNode.lost(call, "the node failed while it carried the call out"));
    } finally {
      slots.release();
    }
  }

  /** The request's body; a client that shows no certificate or is too slow loses its connection. */
  private byte[] receive(ServerRequest request) {
    if (secure && request.remotePeer().tlsCertificates().isEmpty()) {
      throw new CloseConnectionException("no client certificate");
    }
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try (TransferDeadline deadline = new TransferDeadline(timer, limits.transfer());
        InputStream in = request.content().inputStream()) {
      byte[] body = in.readNBytes(REQUEST_BYTES_MAX + 1);
      deadline.check();
      return body;
    } catch (IOException | UncheckedIOException e) {
      LOG.info("A request from {} did not arrive: {}", request.remotePeer().host(), e.toString());
      throw new CloseConnectionException("the request did not arrive", e);
    }
  }

  private void send(ServerResponse response, Status status, String media, byte[] body) {
    try (TransferDeadline deadline = new TransferDeadline(timer, limits.transfer())) {
      response.status(status).header(HeaderNames.CONTENT_TYPE, media).send(body);
      deadline.check();
    } catch (IOException e) {
      throw new CloseConnectionException("the reply was not taken", e);
    }
  }
}
