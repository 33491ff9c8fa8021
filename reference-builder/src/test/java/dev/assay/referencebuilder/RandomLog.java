package dev.assay.referencebuilder;

import java.io.IOException;
import java.util.Random;

/** Logs with everything that an ordinary log has. */
final class RandomLog {
  private RandomLog() {}

  /** Logs and archives so many segments. */
  static void write(ArchivedPartition archive, Random random, int segments) throws IOException {
    for (int segment = 0; segment < segments; segment++) {
      archive.newTerm();
      int batches = random.nextInt(40);
      for (int i = 0; i < batches; i++) {
        batch(archive, random);
      }
      archive.archive();
    }
  }

  static void batch(ArchivedPartition archive, Random random) throws IOException {
    byte[] item = item(random);
    String name = "key-" + random.nextInt(200);
    switch (random.nextInt(9)) {
      case 0 -> archive.batch(archive.delete(name));
      case 1 -> archive.batch(archive.expire(name));
      case 2 -> archive.refusedBatch(archive.put(name, item));
      case 3 -> archive.staleBatch(archive.delete(name), archive.put("x" + name, item));
      case 4 -> {
        byte[] second = item(random);
        archive.batch(
            archive.put(name, item),
            archive.put("b-" + name, item),
            ArchivedPartition.put(name, second, item),
            ArchivedPartition.delete("b-" + name, item));
      }
      default -> archive.batch(archive.put(name, item), archive.put("b-" + name, item));
    }
  }

  private static byte[] item(Random random) {
    byte[] item = new byte[random.nextInt(200)];
    random.nextBytes(item);
    return item;
  }
}
