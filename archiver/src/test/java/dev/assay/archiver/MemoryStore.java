package dev.assay.archiver;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A store in memory, for tests. Its objects can be changed behind its back. */
public class MemoryStore implements ObjectStore, ObjectStore.Deleting {
  private static final Comparator<String> BY_BYTES =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  public final ConcurrentSkipListMap<String, byte[]> objects =
      new ConcurrentSkipListMap<>(BY_BYTES);

  @Override
  public Created create(String key, ByteBuffer object) throws StoreFailed {
    byte[] bytes = new byte[object.remaining()];
    object.duplicate().get(bytes);
    return objects.putIfAbsent(key, bytes) == null ? Created.CREATED : Created.EXISTS;
  }

  @Override
  public byte @Nullable [] get(String key, long bytesMax) throws StoreFailed {
    byte[] object = objects.get(key);
    if (object == null) {
      return null;
    }
    if (object.length > bytesMax) {
      throw StoreFailed.refused(key + " is longer than " + bytesMax + " bytes", null);
    }
    return object.clone();
  }

  @Override
  public void delete(String key) {
    objects.remove(key);
  }

  @Override
  public Listing list(String prefix, String after, int max) {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, byte[]> each : objects.tailMap(after, after.isEmpty()).entrySet()) {
      if (each.getKey().startsWith(prefix)) {
        if (entries.size() == max) {
          return new Listing(entries, true);
        }
        entries.add(new Entry(each.getKey(), each.getValue().length));
      }
    }
    return new Listing(entries, false);
  }

  @Override
  public void close() {}
}
