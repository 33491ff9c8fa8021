package dev.assay.replicastore.consensus;

import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * One call of {@link Group#append}, on its way through Ratis. It travels as the request's message,
 * so the very object comes back when the entry is about to be appended and when it is applied.
 */
final class PendingAppend implements Message {
  final CompletableFuture<Long> result = new CompletableFuture<>();

  private final byte[] payload;
  private final ByteString content;
  private volatile boolean reachedLog;

  PendingAppend(byte[] payload) {
    this.payload = payload;
    this.content = UnsafeByteOperations.unsafeWrap(payload);
  }

  byte[] payload() {
    return payload;
  }

  @Override
  public ByteString getContent() {
    return content;
  }

  /** The log is about to take it: from now on nobody can say that it is in no log. */
  void reachesLog() {
    reachedLog = true;
  }

  boolean reachedLog() {
    return reachedLog;
  }
}
