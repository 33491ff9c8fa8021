package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.archiver.ObjectStore.Created;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.PackFormat;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.NodeSink;
import dev.assay.logformat.tree.Place;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Puts the nodes of one fold into packs. A pack that is full is stored while the next one fills;
 * only then is another begun. For one thread at a time; it stores on the executor's.
 */
final class PackWriter implements NodeSink, Closeable {
  private final ObjectStore store;
  private final PackCache cache;
  private final Partition partition;
  private final ExecutorService executor;
  private final List<Pack> packs = new ArrayList<>();
  private @Nullable Future<Pack> storing;
  private final long lsn;
  private byte[] pack = new byte[PackFormat.PACK_BYTES_TO_END / 4];
  private int size;
  private int number;

  /**
   * @param number of the first pack
   * @param lsn of the root that is being made, for messages
   */
  PackWriter(
      ObjectStore store,
      PackCache cache,
      Partition partition,
      ExecutorService executor,
      int number,
      long lsn) {
    this.store = store;
    this.cache = cache;
    this.partition = partition;
    this.executor = executor;
    this.number = number;
    this.lsn = lsn;
  }

  @Override
  public Place keep(byte[] node) throws IOException {
    if (size == 0) {
      append(PackFormat.head());
    }
    Place place = new Place(number, size, node.length, Sha256.of(node));
    append(node);
    if (size >= PackFormat.PACK_BYTES_TO_END) {
      end();
    }
    return place;
  }

  private void append(byte[] bytes) {
    if (bytes.length > pack.length - size) {
      pack = Arrays.copyOf(pack, Math.max(size + bytes.length, 2 * pack.length));
    }
    System.arraycopy(bytes, 0, pack, size, bytes.length);
    size += bytes.length;
  }

  private void end() throws IOException {
    if (size == 0) {
      return;
    }
    await();
    byte[] whole = Arrays.copyOf(pack, size); // the next pack is filled while this one is stored
    int numbered = number;
    storing = executor.submit(() -> store(numbered, whole));
    size = 0;
    number++;
  }

  private Pack store(int numbered, byte[] whole) throws IOException {
    Sha256 sha256 = Sha256.of(whole);
    String key = ArchivePaths.pack(partition.reference(), sha256);
    if (store.create(key, whole) == Created.EXISTS) {
      requireSame(key, whole);
    }
    cache.put(sha256, ByteBuffer.wrap(whole));
    return new Pack(numbered, whole.length, whole.length - PackFormat.HEAD_BYTES, sha256);
  }

  private void requireSame(String key, byte[] whole) throws IOException {
    byte[] there;
    try {
      there = BoundedReads.get(store, key, whole.length);
    } catch (FormatException e) {
      throw Unprovable.of(key, lsn, lsn, e);
    }
    if (!Arrays.equals(whole, there)) {
      throw new Unprovable(
          Kind.CORRUPT, key, lsn, lsn, "a pack of this name is there, and is another one");
    }
  }

  private void await() throws IOException {
    if (storing != null) {
      packs.add(SegmentsAhead.await(storing));
      storing = null;
    }
  }

  /** The packs that were made; all of them are stored. */
  List<Pack> finish() throws IOException {
    end();
    await();
    return List.copyOf(packs);
  }

  @Override
  public void close() {
    if (storing != null) {
      storing.cancel(true);
    }
  }
}
