package dev.assay.logformat.tree;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;

/**
 * Makes keys. Long ones make high trees of few items: every fourth ends a node. Some end nodes on
 * many levels, which makes branches of a single child.
 */
final class Keys {
  private static final int LONG_KEY_BYTES = 300;
  private static final int TALL_LEVELS_MAX = 4;

  private Keys() {}

  /** One key after the other: 8 bytes, ascending. */
  static List<byte[]> sequential(int count) {
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(ByteBuffer.allocate(Long.BYTES).putLong(i).array());
    }
    return keys;
  }

  /** Different keys of one length, as chance will have it. */
  static List<byte[]> random(Random random, int count, int length) {
    NavigableMap<byte[], Boolean> keys = State.newMap();
    while (keys.size() < count) {
      keys.put(bytes(random, length), true);
    }
    return new ArrayList<>(keys.keySet());
  }

  /** At most that many keys of all kinds. */
  static List<byte[]> mixed(Random random, Boundaries boundaries, int count) {
    NavigableMap<byte[], Boolean> keys = State.newMap();
    for (int i = 0; i < count; i++) {
      keys.put(mixedKey(random, boundaries), true);
    }
    return new ArrayList<>(keys.keySet());
  }

  private static byte[] mixedKey(Random random, Boundaries boundaries) {
    return switch (random.nextInt(4)) {
      case 0 -> bytes(random, random.nextInt(12));
      case 1 -> tall(random, boundaries, random.nextInt(TALL_LEVELS_MAX + 1));
      default -> bytes(random, LONG_KEY_BYTES);
    };
  }

  /** A key after which nodes end up to that level. */
  static byte[] tall(Random random, Boundaries boundaries, int level) {
    byte[] key = bytes(random, LONG_KEY_BYTES);
    while (!boundaries.endsNodes(level, key)) {
      key = bytes(random, LONG_KEY_BYTES);
    }
    return key;
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
