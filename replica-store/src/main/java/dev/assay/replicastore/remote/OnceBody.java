package dev.assay.replicastore.remote;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A request's body that is handed out once at most, whatever the HTTP client would like to repeat,
 * and that knows whether it was. The client asks for the body after it has connected, shaken hands
 * and sent the headers; a server can do nothing before it has the body. So a body that was not
 * handed out, and never will be, proves that nothing was done. Any thread may call.
 */
final class OnceBody implements BodyPublisher {
  private final BodyPublisher bytes;
  private final AtomicReference<State> state = new AtomicReference<>(State.KEPT);

  private enum State {
    KEPT,
    HANDED_OUT,
    WITHDRAWN
  }

  OnceBody(byte[] bytes) {
    this.bytes = BodyPublishers.ofByteArray(bytes);
  }

  /** Makes sure that the body is not handed out from now on; false when it already was. */
  boolean withdraw() {
    return state.compareAndSet(State.KEPT, State.WITHDRAWN) || state.get() == State.WITHDRAWN;
  }

  @Override
  public long contentLength() {
    return bytes.contentLength();
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    if (state.compareAndSet(State.KEPT, State.HANDED_OUT)) {
      bytes.subscribe(subscriber);
    } else {
      subscriber.onSubscribe(new Nothing());
      subscriber.onError(new IOException("this request is not sent a second time"));
    }
  }

  private static final class Nothing implements Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
