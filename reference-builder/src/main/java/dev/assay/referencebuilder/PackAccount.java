package dev.assay.referencebuilder;

import dev.assay.logformat.ReferenceRoot;
import dev.assay.logformat.ReferenceRoot.Pack;
import dev.assay.logformat.tree.Place;
import dev.assay.logformat.tree.Subtree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts how much of each pack a tree still needs. For one thread at a time. */
final class PackAccount {
  private final List<Pack> before;
  private final Map<Integer, Long> replacedBytes = new HashMap<>();
  private List<Pack> made = List.of();

  PackAccount(@Nullable ReferenceRoot from) {
    this.before = from == null ? List.of() : from.packs();
  }

  /** The number of the first new pack. */
  int nextNumber() {
    return before.isEmpty() ? 0 : before.getLast().number() + 1;
  }

  /** The node there was read, so the new tree has another in its place. */
  void replace(Place place) {
    add(place, place.length());
  }

  private void add(Place place, long bytes) {
    replacedBytes.merge(place.pack(), bytes, Long::sum);
  }

  /** Takes in packs that were made, of which the tree needs all. */
  void add(List<Pack> packs) {
    made = packs;
  }

  /**
   * Takes in what an update came to.
   *
   * @param tree the new one
   */
  void finish(Subtree tree, List<Pack> packs) {
    add(packs);
    boolean taken = !tree.isEmpty() && tree.place().pack() < nextNumber();
    if (taken && tree.level() > 0) {
      // It was read to see that it is the root.
      add(tree.place(), -tree.place().length());
    }
  }

  /** The packs of the new tree; those of which it needs nothing are left out. */
  List<Pack> packs() {
    List<Pack> packs = new ArrayList<>();
    for (Pack pack : before) {
      long live = pack.liveBytes() - replacedBytes.getOrDefault(pack.number(), 0L);
      if (live < 0) {
        throw new IllegalStateException("pack " + pack.number() + " has " + live + " live bytes");
      }
      if (live > 0) {
        packs.add(new Pack(pack.number(), pack.bytes(), live, pack.sha256()));
      }
    }
    packs.addAll(made);
    return packs;
  }
}
