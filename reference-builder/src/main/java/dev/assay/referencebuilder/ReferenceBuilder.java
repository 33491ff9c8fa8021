package dev.assay.referencebuilder;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.ArchivePaths;
import dev.assay.logformat.SignerLookup;
import dev.assay.logformat.SigningKey;
import dev.assay.logformat.tree.NodeSource;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Builds references from the archive, and keeps them beside it. Any thread may call; who asks for
 * something of a partition that is being built waits.
 */
public final class ReferenceBuilder implements Closeable {
  private final FoldParts parts;
  private final Map<String, Object> locks = new ConcurrentHashMap<>();

  /**
   * @param reading the archive, through the client that verifies
   * @param writing the same, through the client that writes
   * @param signers whom the cluster's root certifies
   * @param key which signs the references
   */
  public ReferenceBuilder(
      ObjectStore reading,
      ObjectStore writing,
      SignerLookup signers,
      SigningKey key,
      InstantSource clock,
      FoldOptions options)
      throws IOException {
    this(reading, writing, signers, key, clock, options, new SegmentFrames(reading));
  }

  ReferenceBuilder(
      ObjectStore reading,
      ObjectStore writing,
      SignerLookup signers,
      SigningKey key,
      InstantSource clock,
      FoldOptions options,
      FrameReader frames)
      throws IOException {
    Files.createDirectories(options.folder());
    deleteLeftOvers(options.folder());
    PackCache cache =
        new PackCache(reading, options.folder().resolve("packs"), options.cacheBytesMax(), clock);
    ExecutorService executor =
        Executors.newFixedThreadPool(
            options.threads(), Thread.ofPlatform().daemon().name("fold-", 0).factory());
    Roots roots = new Roots(reading, writing, signers);
    this.parts =
        new FoldParts(
            reading, writing, signers, key, clock, options, frames, roots, cache, executor);
  }

  /** Of folds whose process was killed. */
  private static void deleteLeftOvers(Path folder) throws IOException {
    try (DirectoryStream<Path> folds = Files.newDirectoryStream(folder, Fold.FOLDER_PREFIX + "*")) {
      for (Path fold : folds) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(fold)) {
          for (Path file : files) {
            Files.delete(file);
          }
        }
        Files.delete(fold);
      }
    }
  }

  /**
   * The newest reference of the partition at or below a position, as it is kept; null when there is
   * none.
   */
  public @Nullable Reference newest(Partition partition, long lsnMax) throws IOException {
    return parts.roots().newest(partition, lsnMax);
  }

  /** The nodes of a reference's tree, each checked by its SHA-256. */
  public NodeSource nodes(Partition partition, Reference reference) {
    return subtree -> parts.cache().node(partition, reference.root(), subtree.place());
  }

  /** How many bytes of nodes were read so far, from the local disk or from the store. */
  public long nodeBytesRead() {
    return parts.cache().bytesRead();
  }

  /** The items themselves, which the archive has. */
  public ItemBodies bodies(Partition partition) {
    return new ItemBodies(parts.reading(), parts.signers(), partition);
  }

  /**
   * Reads every object of a reference, and says what is wrong with them.
   *
   * @param deep whether the archive is looked at too: that it still has the log in which the
   *     reference ends, and every item
   * @throws IOException when the store fails, or something was written by a newer version: the
   *     check has come to nothing
   */
  public ReferenceReport check(
      Partition partition, Reference reference, boolean deep, CheckProgress progress)
      throws IOException {
    ReferenceCheck check = new ReferenceCheck(parts, partition, reference, progress);
    if (!deep) {
      check.run(item -> {});
      return check.report();
    }
    try (BodyCheck bodies = new BodyCheck(parts, bodies(partition), progress, check::found)) {
      check.run(bodies::add);
      check.requireSegment();
      bodies.run();
    }
    return check.report();
  }

  /**
   * Folds what is archived, on from the newest reference, at most up to a position.
   *
   * @return the reference of that position, or of the last one archived; null when nothing is
   * @throws Unprovable when the archive or the newest reference is not what it should be
   */
  public @Nullable Reference build(Partition partition, long lsnMax, FoldProgress progress)
      throws IOException {
    synchronized (lock(partition)) {
      return improved(partition, foldOn(partition, newest(partition, lsnMax), lsnMax, progress));
    }
  }

  private @Nullable Reference improved(Partition partition, @Nullable Reference built)
      throws IOException {
    return built == null ? null : new Repacking(parts, partition).improved(built);
  }

  private Object lock(Partition partition) {
    return locks.computeIfAbsent(partition.reference(), _ -> new Object());
  }

  private @Nullable Reference foldOn(
      Partition partition, @Nullable Reference from, long lsnMax, FoldProgress progress)
      throws IOException {
    Reference root = from;
    for (Reference next = step(partition, root, lsnMax, progress);
        next != null;
        next = step(partition, root, lsnMax, progress)) {
      root = next;
    }
    return root;
  }

  private @Nullable Reference step(
      Partition partition, @Nullable Reference from, long lsnMax, FoldProgress progress)
      throws IOException {
    return (from == null ? -1 : from.lsn()) >= lsnMax
        ? null
        : new Fold(parts, partition, from == null ? null : from.root(), progress).run(lsnMax);
  }

  /**
   * Folds the whole log again, and holds what comes out against the references that were newest
   * when it began. If it was interrupted before, it goes on where it was.
   *
   * @return as {@link #build} does
   * @throws Unprovable also when they differ
   */
  public @Nullable Reference buildFromGenesis(
      Partition partition, long lsnMax, FoldProgress progress) throws IOException {
    synchronized (lock(partition)) {
      return improved(partition, again(partition, lsnMax, progress));
    }
  }

  private @Nullable Reference again(Partition partition, long lsnMax, FoldProgress progress)
      throws IOException {
    Path note = parts.options().folder().resolve(partition.tableId() + "-" + partition.partition());
    List<Reference> known = parts.roots().allNewest(partition, lsnMax);
    long compareAt = known.isEmpty() ? lsnMax : known.getFirst().lsn();
    @Nullable Reference root = noted(partition, note, compareAt);
    for (Reference next = step(partition, root, compareAt, progress);
        next != null;
        next = step(partition, root, compareAt, progress)) {
      root = next;
      note(note, next.record());
    }
    for (Reference each : known) {
      requireSame(partition, root, each);
    }
    Files.deleteIfExists(note);
    return foldOn(partition, root, lsnMax, progress);
  }

  private static void requireSame(Partition partition, @Nullable Reference again, Reference known)
      throws Unprovable {
    long next = again == null ? 0 : again.lsn() + 1;
    if (again == null || next <= known.lsn()) {
      throw new Unprovable(
          Kind.LOST,
          ArchivePaths.manifest(partition.wal(), next),
          next,
          known.lsn(),
          "expected a manifest, actual none: there is a reference, " + known.record());
    }
    Roots.requireSame(again.root(), known);
  }

  /**
   * Takes away references that are no longer kept.
   *
   * @param deleting of the same store
   * @throws Unprovable when a record can't be believed; then nothing is taken away
   */
  public Collected collect(
      Partition partition, RetentionOptions options, ObjectStore.Deleting deleting)
      throws IOException {
    synchronized (lock(partition)) {
      return new Retention(parts, partition, options, deleting).collect();
    }
  }

  /** Where a fold from genesis was when it was interrupted; null when it has to begin. */
  private @Nullable Reference noted(Partition partition, Path note, long lsnMax)
      throws IOException {
    String record;
    try {
      record = Files.readString(note);
    } catch (NoSuchFileException none) {
      return null;
    }
    long lsn = ArchivePaths.rootLsn(record);
    if (lsn < 0 || lsn > lsnMax) { // cut short by a power cut, or of a call that went further
      return null;
    }
    try {
      return parts.roots().read(partition, record);
    } catch (Unprovable e) {
      Files.delete(note); // The next call can do without this record.
      if (e.kind() == Kind.LOST) {
        // It was taken away since: genesis takes longer, and takes nothing for granted.
        return null;
      }
      throw e;
    }
  }

  private static void note(Path note, String record) throws IOException {
    Path fresh = note.resolveSibling(note.getFileName() + ".fresh");
    Files.writeString(fresh, record);
    Files.move(fresh, note, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  FoldParts parts() {
    return parts;
  }

  @Override
  public void close() throws IOException {
    parts.executor().shutdownNow();
    parts.cache().close();
  }
}
