package dev.assay.replicastore;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The after-images of batches that are in flight, so that later requests are evaluated on them.
 * Methods exclude each other: one thread evaluates, another one applies.
 */
final class Overlay {
  private final Map<ByteBuffer, Image> images = new HashMap<>();
  private final TreeMap<Long, List<ByteBuffer>> keysBySequence = new TreeMap<>();

  /** The latest image of a key; {@code bytes} is null when the item is deleted. */
  record Image(byte @Nullable [] bytes, long sequence) {}

  synchronized @Nullable Image get(byte[] key) {
    return images.get(ByteBuffer.wrap(key));
  }

  synchronized void put(byte[] key, byte @Nullable [] bytes, long sequence) {
    ByteBuffer wrapped = ByteBuffer.wrap(key);
    images.put(wrapped, new Image(bytes, sequence));
    keysBySequence.computeIfAbsent(sequence, s -> new ArrayList<>()).add(wrapped);
  }

  /** The batch is in the store: its images go, but for those that a later batch has replaced. */
  synchronized void applied(long sequence) {
    List<ByteBuffer> keys = keysBySequence.remove(sequence);
    if (keys == null) {
      return;
    }
    for (ByteBuffer key : keys) {
      Image image = images.get(key);
      if (image != null && image.sequence == sequence) {
        images.remove(key);
      }
    }
  }

  synchronized void clear() {
    images.clear();
    keysBySequence.clear();
  }
}
