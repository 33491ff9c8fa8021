package dev.assay.archiver;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Takes an object's body up to a length, in one array of the length that the store announces. A
 * longer one fails with {@link TooLong} before it is read, a shorter one than announced with an
 * EOFException.
 */
final class BoundedBody implements AsyncResponseTransformer<GetObjectResponse, byte[]> {
  /** More than the caller takes. */
  static final class TooLong extends RuntimeException {
    TooLong() {
      super("longer than asked for", null, false, false);
    }
  }

  private final long bytesMax;
  private volatile CompletableFuture<byte[]> body = new CompletableFuture<>();
  private volatile long announced;

  BoundedBody(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public CompletableFuture<byte[]> prepare() {
    body = new CompletableFuture<>();
    return body;
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    Long length = response.contentLength();
    announced = length == null ? -1 : length;
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    publisher.subscribe(new Taker(body, announced, bytesMax));
  }

  @Override
  public void exceptionOccurred(Throwable error) {
    body.completeExceptionally(error);
  }

  private static final class Taker implements Subscriber<ByteBuffer> {
    private final CompletableFuture<byte[]> body;
    private final long announced;
    private final long bytesMax;
    private byte[] bytes = new byte[0];
    private int length;
    private @Nullable Subscription subscription;

    Taker(CompletableFuture<byte[]> body, long announced, long bytesMax) {
      this.body = body;
      this.announced = announced;
      this.bytesMax = Math.min(bytesMax, Integer.MAX_VALUE - 16);
    }

    @Override
    public void onSubscribe(Subscription started) {
      subscription = started;
      if (announced > bytesMax) {
        refuse();
        return;
      }
      bytes = new byte[(int) Math.max(announced, 0)];
      started.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer part) {
      int count = part.remaining();
      if (length + (long) count > bytesMax) {
        refuse();
        return;
      }
      if (length + count > bytes.length) {
        long wanted = Math.max(length + (long) count, Math.min(bytesMax, bytes.length * 2L));
        bytes = Arrays.copyOf(bytes, (int) wanted);
      }
      part.get(bytes, length, count);
      length += count;
    }

    @Override
    public void onError(Throwable error) {
      body.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      if (announced >= 0 && length != announced) {
        body.completeExceptionally(
            new EOFException("the body ended after %d of %d bytes".formatted(length, announced)));
      } else {
        body.complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
      }
    }

    private void refuse() {
      if (subscription != null) {
        subscription.cancel();
      }
      body.completeExceptionally(new TooLong());
    }
  }
}
