package dev.assay.logformat;

import java.util.Arrays;
import java.util.UUID;

/**
 * One change in a batch. Equal by content. Records hold arrays for speed: nobody writes to them
 * after construction.
 *
 * <p>{@code before} is the {@link ItemDigest} of the item that the evaluator replaced, {@link
 * Digest128#NONE} if there was none: the reference proves with it that nothing was computed from a
 * stale state.
 */
public sealed interface Mutation {

  /** After this, the key holds these canonical item bytes. */
  record Put(byte[] key, byte[] item, Digest128 before) implements Mutation {
    @Override
    public boolean equals(Object other) {
      return other instanceof Put put
          && Arrays.equals(key, put.key)
          && Arrays.equals(item, put.item)
          && before.equals(put.before);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(key) + Arrays.hashCode(item);
    }
  }

  /** After this, the key holds nothing. */
  record Delete(byte[] key, Digest128 before) implements Mutation {
    @Override
    public boolean equals(Object other) {
      return other instanceof Delete delete
          && Arrays.equals(key, delete.key)
          && before.equals(delete.before);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(key);
    }
  }

  /** As {@link Delete}, because the item's time to live is over. */
  record Expire(byte[] key, Digest128 before) implements Mutation {
    @Override
    public boolean equals(Object other) {
      return other instanceof Expire expire
          && Arrays.equals(key, expire.key)
          && before.equals(expire.before);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(key);
    }
  }

  /** Every storage replica takes a checkpoint at exactly this entry's position. */
  record Barrier(UUID run) implements Mutation {}

  /** The archive ends its segment with this entry; bounds the unarchived tail in time. */
  record Cut() implements Mutation {}

  /** The partition starts from a signed base root, named by the SHA-256 of its record. */
  record Ingest(byte[] rootSha256) implements Mutation {
    @Override
    public boolean equals(Object other) {
      return other instanceof Ingest ingest && Arrays.equals(rootSha256, ingest.rootSha256);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(rootSha256);
    }
  }

  /**
   * How far the archive reaches, as the leader knows it: replicas keep the newest, so that an
   * archive that was rolled back or replaced is found out.
   *
   * @param lastLsn the last LSN of the newest archived segment, at least 0
   * @param manifest of that segment's manifest file
   */
  record ArchiveHead(long lastLsn, Sha256 manifest) implements Mutation {}

  /** A kind that this version knows by number only; it is carried, and applying it is an error. */
  record Reserved(int kind, byte[] payload) implements Mutation {
    @Override
    public boolean equals(Object other) {
      return other instanceof Reserved reserved
          && kind == reserved.kind
          && Arrays.equals(payload, reserved.payload);
    }

    @Override
    public int hashCode() {
      return 31 * kind + Arrays.hashCode(payload);
    }
  }
}
