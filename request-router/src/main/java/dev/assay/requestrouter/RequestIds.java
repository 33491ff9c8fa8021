package dev.assay.requestrouter;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Makes ids of requests: 52 letters and digits, as DynamoDB's are. Any thread may call. */
final class RequestIds {
  private static final int LENGTH = 52;
  private static final int BITS = 5;
  private static final int PER_LONG = Long.SIZE / BITS;
  private static final byte[] SYMBOLS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUV".getBytes(StandardCharsets.US_ASCII);

  /** The golden ratio in 64 bits, and the odd constants of a mix that spreads every bit. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private static final long MIX_FIRST = 0xBF58476D1CE4E5B9L;
  private static final long MIX_SECOND = 0x94D049BB133111EBL;

  private final AtomicLong count;

  /**
   * @param random gives the start only; ids need to differ, not to be hard to guess
   */
  RequestIds(RandomGenerator random) {
    this.count = new AtomicLong(random.nextLong());
  }

  String next() {
    byte[] id = new byte[LENGTH];
    long next = mix(count.getAndIncrement());
    long bits = 0;
    for (int i = 0; i < LENGTH; i++) {
      if (i % PER_LONG == 0) {
        bits = mix(next);
        next += STEP;
      } else {
        bits >>>= BITS;
      }
      id[i] = SYMBOLS[(int) bits & ((1 << BITS) - 1)];
    }
    return new String(id, StandardCharsets.ISO_8859_1);
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * MIX_FIRST;
    mixed = (mixed ^ (mixed >>> 27)) * MIX_SECOND;
    return mixed ^ (mixed >>> 31);
  }
}
