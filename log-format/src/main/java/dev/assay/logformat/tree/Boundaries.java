package dev.assay.logformat.tree;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.stream.IntStream;

/**
 * Says where nodes end: a function of the table's seed, the level and the key alone, so that a
 * tree's shape depends on its keys and on nothing that happened.
 *
 * <pre>
 *   a node ends after an entry when    h * TARGET / 2^64 &lt; weight
 *
 *   h        XXH3-64 of the entry's key, with the seed  table seed + level * 9E3779B97F4A7C15
 *   weight   the key's length + 32 in a leaf, + 80 above; at most TARGET / 4
 *   TARGET   1024
 * </pre>
 *
 * <p>So a node has about {@value #TARGET_BYTES} bytes, or four entries when keys are long, and the
 * levels above shrink at least to a quarter: both in the mean. Each level hashes afresh, so that a
 * key which ends nodes on one level does not do so on all. Who does not know the seed can't choose
 * keys that never end a node. Any thread may call.
 */
public final class Boundaries {
  static final int TARGET_BYTES = 1024;
  static final int LEVELS_MAX = 64;

  private static final int LEAF_ENTRY_BYTES = 32;
  private static final int BRANCH_ENTRY_BYTES = 80;
  private static final int WEIGHT_MAX = TARGET_BYTES / 4;
  private static final long LEVEL_STEP = 0x9E37_79B9_7F4A_7C15L;

  private final Hasher64[] hashers;

  /**
   * @param seed the table's, which is secret
   */
  public Boundaries(long seed) {
    hashers =
        IntStream.range(0, LEVELS_MAX)
            .mapToObj(level -> Hashing.xxh3_64(seed + level * LEVEL_STEP))
            .toArray(Hasher64[]::new);
  }

  /** Whether a node of that level ends after the entry with that key. */
  public boolean endsNode(int level, byte[] key) {
    int entryBytes = key.length + (level == 0 ? LEAF_ENTRY_BYTES : BRANCH_ENTRY_BYTES);
    long hash = hashers[level].hashBytesToLong(key);
    return Math.unsignedMultiplyHigh(hash, TARGET_BYTES) < Math.min(entryBytes, WEIGHT_MAX);
  }

  /** Whether nodes end after that key on that level and on all below. */
  boolean endsNodes(int level, byte[] key) {
    for (int each = 0; each <= level; each++) {
      if (!endsNode(each, key)) {
        return false;
      }
    }
    return true;
  }
}
