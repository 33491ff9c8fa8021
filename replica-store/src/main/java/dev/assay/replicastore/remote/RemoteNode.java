package dev.assay.replicastore.remote;

import dev.assay.logformat.FormatException;
import dev.assay.replicastore.NodeCalls;
import dev.assay.replicastore.PartitionAccess;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.remote.Call.Answer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A node in another process, asked over mutual TLS.
 *
 * <p>Sends each request once and says honestly what came of it. When the request was not handed to
 * the connection, nothing was done, and it is {@code Unavailable}. When it was, and no reply that
 * the node itself wrote came back, a write's outcome is unknown; a read is {@code Unavailable}
 * then, because nothing depends on whether it was carried out. Nothing is ever retried here: only
 * whoever asked knows whether asking twice is harmless.
 *
 * <p>Any thread may call; every call blocks, so call from a virtual thread.
 */
public final class RemoteNode implements PartitionAccess, NodeCalls, AutoCloseable {
  private final String name;
  private final URI partitionUri;
  private final URI callUri;
  private final Timeouts timeouts;
  private final HttpClient client;

  /**
   * @param connect until TCP is connected and the handshake is done: many at once take a while
   * @param request from the call to the whole reply, connecting included
   * @param slowCall as {@code request}, for calls that read or flush a whole partition
   */
  public record Timeouts(Duration connect, Duration request, Duration slowCall) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMinutes(10));
  }

  private RemoteNode(String name, URI uri, HttpClient.Builder builder, Timeouts timeouts) {
    this.name = name;
    this.partitionUri = uri.resolve(NodeServer.PARTITION_PATH);
    this.callUri = uri.resolve(NodeServer.CALL_PATH);
    this.timeouts = timeouts;
    this.client =
        builder
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeouts.connect())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /**
   * Connects when first asked.
   *
   * @param name what the certificate of whoever answers there must be for
   */
  public static RemoteNode at(
      InetSocketAddress address, String name, NodeTls tls, Timeouts timeouts)
      throws GeneralSecurityException {
    HttpClient.Builder builder = HttpClient.newBuilder().sslContext(tls.toNode(name));
    return new RemoteNode(name, uri("https", address), builder, timeouts);
  }

  /** Without TLS, for tests of this package alone. */
  static RemoteNode plaintextAt(InetSocketAddress address, String name, Timeouts timeouts) {
    return new RemoteNode(name, uri("http", address), HttpClient.newBuilder(), timeouts);
  }

  private static URI uri(String scheme, InetSocketAddress address) {
    String host = address.getHostString();
    String inBrackets = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return URI.create(scheme + "://" + inBrackets + ":" + address.getPort() + "/");
  }

  public String name() {
    return name;
  }

  @Override
  public PartitionReply ask(PartitionRequest request) {
    byte[] message;
    try {
      message = WireCodec.encode(request);
    } catch (IllegalArgumentException e) {
      return new PartitionReply.Invalid("the request can't be sent: " + e.getMessage());
    }
    if (message.length > NodeServer.REQUEST_BYTES_MAX) {
      return new PartitionReply.Invalid(
          "the request takes %d bytes, and a node takes %d at most"
              .formatted(message.length, NodeServer.REQUEST_BYTES_MAX));
    }
    Outcome outcome = post(partitionUri, NodeServer.PARTITION_MEDIA, message, timeouts.request());
    return switch (outcome) {
      case Outcome.NotSent(String reason) -> new PartitionReply.Unavailable(reason);
      case Outcome.Lost(String reason) -> lost(request, reason);
      case Outcome.Replied(byte[] reply) -> {
        try {
          yield WireCodec.decodeReply(reply);
        } catch (FormatException e) {
          yield lost(request, "can't read the reply of " + name + ": " + e.getMessage());
        }
      }
    };
  }

  /** What to say of a request that may have been carried out. */
  static PartitionReply lost(PartitionRequest request, String reason) {
    return switch (request) {
      case PartitionRequest.Get _, PartitionRequest.Range _ ->
          new PartitionReply.Unavailable(reason);
      case PartitionRequest.Write _ -> new PartitionReply.OutcomeUnknown(reason);
    };
  }

  /** What to say of a call that may have been carried out. */
  static CallFailed lost(Call call, String reason) {
    return call.changes()
        ? new CallFailed.OutcomeUnknown(reason)
        : new CallFailed.Unavailable(reason);
  }

  @Override
  public List<ReplicaStatus> replicas() throws CallFailed {
    Call call = new Call.Replicas();
    if (call(call) instanceof Answer.Statuses(var replicas)) {
      return replicas;
    }
    throw misfit(call);
  }

  @Override
  public long barrier(PartitionId partition, UUID run) throws CallFailed {
    Call call = new Call.Barrier(partition, run);
    if (call(call) instanceof Answer.Position(long lsn)) {
      return lsn;
    }
    throw misfit(call);
  }

  @Override
  public Checkpoint checkpoint(PartitionId partition, UUID run) throws CallFailed {
    Call call = new Call.TakeCheckpoint(partition, run);
    if (call(call) instanceof Answer.Found(var checkpoint)) {
      return checkpoint;
    }
    throw misfit(call);
  }

  @Override
  public Checkpoint find(PartitionId partition, UUID run) throws CallFailed {
    Call call = new Call.Find(partition, run);
    if (call(call) instanceof Answer.Found(var checkpoint)) {
      return checkpoint;
    }
    throw misfit(call);
  }

  @Override
  public CheckpointDigest digest(PartitionId partition, UUID run) throws CallFailed {
    Call call = new Call.Digest(partition, run);
    if (call(call) instanceof Answer.Digested(var digest)) {
      return digest;
    }
    throw misfit(call);
  }

  @Override
  public byte[] read(PartitionId partition, UUID run, String file, long offset, int bytesMax)
      throws CallFailed {
    Call call = new Call.Read(partition, run, file, offset, bytesMax);
    if (call(call) instanceof Answer.Part(byte[] bytes)) {
      return bytes;
    }
    throw misfit(call);
  }

  @Override
  public void release(PartitionId partition, UUID run) throws CallFailed {
    Call call = new Call.Release(partition, run);
    if (!(call(call) instanceof Answer.Released)) {
      throw misfit(call);
    }
  }

  private CallFailed misfit(Call call) {
    return lost(call, name + " gave an answer that does not fit the call");
  }

  private Answer call(Call call) throws CallFailed {
    byte[] message;
    try {
      message = CallCodec.encode(call);
    } catch (IllegalArgumentException e) {
      throw new CallFailed.NotFound("the call can't be sent: " + e.getMessage());
    }
    Duration timeout = call.slow() ? timeouts.slowCall() : timeouts.request();
    Answer answer =
        switch (post(callUri, NodeServer.CALL_MEDIA, message, timeout)) {
          case Outcome.NotSent(String reason) -> throw new CallFailed.Unavailable(reason);
          case Outcome.Lost(String reason) -> throw lost(call, reason);
          case Outcome.Replied(byte[] reply) -> {
            try {
              yield CallCodec.decodeAnswer(reply);
            } catch (FormatException e) {
              throw lost(call, "can't read the answer of " + name + ": " + e.getMessage());
            }
          }
        };
    if (answer instanceof Answer.Failed(CallFailed failure)) {
      throw failure;
    }
    return answer;
  }

  private sealed interface Outcome {
    record Replied(byte[] reply) implements Outcome {}

    record NotSent(String reason) implements Outcome {}

    record Lost(String reason) implements Outcome {}
  }

  private Outcome post(URI uri, String media, byte[] message, Duration timeout) {
    OnceBody body = new OnceBody(message);
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Content-Type", media).POST(body).build();
    // The client's own timeout ends with the headers of the response; this one covers its body.
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), NodeServer.REPLY_BYTES_MAX));
    try {
      HttpResponse<byte[]> response = sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      String type = response.headers().firstValue("Content-Type").orElse("");
      if (!type.equals(media)) {
        return failed(body, "an answer that is not its own, of status " + response.statusCode());
      }
      return new Outcome.Replied(response.body());
    } catch (TimeoutException e) {
      sent.cancel(true);
      return failed(body, "no answer within " + timeout.toMillis() + " ms");
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      return failed(body, "interrupted while waiting for an answer");
    } catch (ExecutionException e) {
      return failed(body, describe(e.getCause()));
    }
  }

  private Outcome failed(OnceBody body, String what) {
    String reason = name + " at " + partitionUri.getAuthority() + ": " + what;
    return body.withdraw() ? new Outcome.NotSent(reason) : new Outcome.Lost(reason);
  }

  private static String describe(@Nullable Throwable failure) {
    if (failure == null) {
      return "failed";
    }
    Throwable cause = failure.getCause();
    String said = failure.toString();
    return cause == null || said.contains(cause.toString()) ? said : said + ", by " + cause;
  }

  /** Ends the connections; what is under way fails as lost. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
