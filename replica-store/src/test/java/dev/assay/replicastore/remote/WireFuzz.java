package dev.assay.replicastore.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whatever arrives, decoding either refuses it with a {@link FormatException} or gives a message
 * whose bytes are exactly those that arrived. Set {@code -Dassay.fuzz.seed} to repeat a run.
 */
class WireFuzz {
  private static final int ROUNDS = 20_000;

  private final long seed = Long.getLong("assay.fuzz.seed", System.nanoTime());

  private interface Decoder<T> {
    T decode(byte[] message) throws FormatException;
  }

  @Test
  void requestsAreReadExactlyOrRefused() {
    RandomMessages messages = new RandomMessages(seed);
    fuzz(() -> WireCodec.encode(messages.request()), WireCodec::decodeRequest, WireCodec::encode);
  }

  @Test
  void repliesAreReadExactlyOrRefused() {
    RandomMessages messages = new RandomMessages(seed);
    fuzz(() -> WireCodec.encode(messages.reply()), WireCodec::decodeReply, WireCodec::encode);
  }

  @Test
  void callsAreReadExactlyOrRefused() {
    RandomMessages messages = new RandomMessages(seed);
    fuzz(() -> CallCodec.encode(messages.call()), CallCodec::decodeCall, CallCodec::encode);
  }

  @Test
  void answersAreReadExactlyOrRefused() {
    RandomMessages messages = new RandomMessages(seed);
    fuzz(() -> CallCodec.encode(messages.answer()), CallCodec::decodeAnswer, CallCodec::encode);
  }

  private <T> void fuzz(
      Supplier<byte[]> valid, Decoder<T> decoder, Function<? super T, byte[]> encoder) {
    System.out.println("WireFuzz seed " + seed);
    Random random = new Random(seed);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] original = valid.get();
      boolean intact = round % 4 == 0;
      byte[] message = intact ? original : damaged(original, random);
      try {
        T decoded = decoder.decode(message);
        accepted++;
        assertArrayEquals(message, encoder.apply(decoded), () -> describe(message));
      } catch (FormatException expected) {
        assertFalse(intact, () -> expected + " for " + describe(message));
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError(describe(message), e);
      }
    }
    assertTrue(accepted >= ROUNDS / 4);
  }

  private String describe(byte[] message) {
    return "seed " + seed + ", message " + HexFormat.of().formatHex(message);
  }

  private static byte[] damaged(byte[] original, Random random) {
    byte[] message = original.clone();
    switch (random.nextInt(5)) {
      case 0 -> message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> message[random.nextInt(message.length)] = (byte) random.nextInt();
      case 2 -> message = Arrays.copyOf(message, random.nextInt(message.length + 1));
      case 3 -> message = Arrays.copyOf(message, message.length + random.nextInt(1, 5));
      default -> {
        message = new byte[random.nextInt(64)];
        random.nextBytes(message);
        if (message.length > 1) {
          message[0] = 1;
          message[1] = (byte) random.nextInt(11);
        }
      }
    }
    return message;
  }
}
