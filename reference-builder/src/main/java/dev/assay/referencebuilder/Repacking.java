package dev.assay.referencebuilder;

import dev.assay.logformat.PackFormat;
import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.tree.Subtree;
import dev.assay.logformat.tree.TreeMove;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Moves what a tree still needs out of packs that are small or mostly dead, when they have become
 * many. The reference that comes out is of the same position and the same state; the one before
 * stays until {@link Retention} takes it away. For one thread at a time.
 */
final class Repacking {
  /** So many are put up with, each of which is small or mostly dead. */
  static final int POOR_PACKS_MAX = 64;

  private final FoldParts parts;
  private final Partition partition;

  Repacking(FoldParts parts, Partition partition) {
    this.parts = parts;
    this.partition = partition;
  }

  /** A reference of the same state in better packs; the same if its packs are good enough. */
  Reference improved(Reference from) throws IOException {
    ReferenceRoot root = from.root();
    Set<Integer> poor =
        root.packs().stream()
            .filter(Repacking::isPoor)
            .map(Pack::number)
            .collect(Collectors.toSet());
    return poor.size() <= POOR_PACKS_MAX ? from : moved(root, poor);
  }

  private static boolean isPoor(Pack pack) {
    return pack.bytes() < PackFormat.PACK_BYTES_TO_END / 4 || pack.liveBytes() < pack.bytes() / 2;
  }

  private Reference moved(ReferenceRoot root, Set<Integer> poor) throws IOException {
    PackAccount account = new PackAccount(root);
    try (PackWriter writer =
        new PackWriter(
            parts.writing(),
            parts.cache(),
            partition,
            parts.executor(),
            account.nextNumber(),
            root.lsn())) {
      Subtree tree =
          TreeMove.apply(
              root.suite(),
              root.tree(),
              subtree -> parts.cache().node(partition, root, subtree.place()),
              place -> poor.contains(place.pack()),
              (subtree, node) -> {
                account.replace(subtree.place());
                return writer.keep(node);
              });
      List<Pack> made = writer.finish();
      account.add(made);
      return parts
          .roots()
          .write(
              partition,
              root.moved(tree, account.packs(), parts.key().certificate(), parts.clock().millis()),
              parts.key());
    }
  }
}
