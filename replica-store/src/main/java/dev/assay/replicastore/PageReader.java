package dev.assay.replicastore;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.replicastore.PartitionReply.Ranged;
import dev.assay.replicastore.store.ItemVisitor;
import dev.assay.replicastore.store.StoredItem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the items of a range up to a page's limits, and notices whether the range goes on. */
final class PageReader implements ItemVisitor {
  private final int itemsMax;
  private final int bytesMax;
  private final List<Ranged.Entry> entries = new ArrayList<>();
  private int bytes;
  private boolean more;
  private @Nullable FormatException undecodable;

  PageReader(int itemsMax, int bytesMax) {
    this.itemsMax = itemsMax;
    this.bytesMax = bytesMax;
  }

  @Override
  public boolean visit(byte[] key, StoredItem stored) {
    if (entries.size() >= itemsMax || bytes >= bytesMax) {
      more = true;
      return false;
    }
    try {
      Item item = ItemCodec.decode(stored.bytes());
      entries.add(new Ranged.Entry(key, item));
      bytes += stored.bytes().length;
      return true;
    } catch (FormatException e) {
      undecodable = e;
      return false;
    }
  }

  Ranged reply() throws FormatException {
    if (undecodable != null) {
      throw undecodable;
    }
    return new Ranged(entries, more);
  }
}
