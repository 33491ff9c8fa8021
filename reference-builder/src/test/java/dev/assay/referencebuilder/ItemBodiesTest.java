package dev.assay.referencebuilder;

import static dev.assay.referencebuilder.ArchivedPartition.PARTITION;
import static dev.assay.referencebuilder.ArchivedPartition.bytes;
import static dev.assay.referencebuilder.Unprovable.Kind.CORRUPT;
import static dev.assay.referencebuilder.Unprovable.Kind.LOST;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.tree.TreeItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ItemBodiesTest {
  private final ArchivedPartition archive = new ArchivedPartition();
  private final ItemBodies bodies = new ItemBodies(archive.store, archive.signers, PARTITION);
  private final List<TreeItem> items = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    for (int segment = 0; segment < 3; segment++) {
      put("a" + segment, new byte[] {1});
      put("b" + segment, new byte[] {2});
      archive.archive();
    }
  }

  private void put(String key, byte[] body) throws IOException {
    archive.batch(archive.put(key, body));
    items.add(item(key, archive.lastLsn(), body));
  }

  private static TreeItem item(String key, long lsn, byte[] body) {
    return new TreeItem(bytes(key), PARTITION.suite().item(bytes(key), body), lsn, body.length);
  }

  private List<TreeItem> read(List<TreeItem> wanted) throws IOException {
    List<TreeItem> given = new ArrayList<>();
    bodies.read(
        wanted,
        (item, body) -> {
          assertEquals(item.digest(), PARTITION.suite().item(item.key(), body));
          given.add(item);
        });
    return given;
  }

  @Test
  void givesEachItemInTheOrderOfTheLog() throws IOException {
    assertEquals(items, read(items.reversed()));
    assertEquals(List.of(), read(List.of()));
  }

  @Test
  void ofSeveralItemsOfOneKeyInABatchItGivesTheRightOne() throws IOException {
    byte[] one = {1};
    byte[] two = {2};
    archive.batch(
        archive.put("k", one),
        ArchivedPartition.put("k", two, one),
        ArchivedPartition.put("k", one, two),
        new Mutation.Cut());
    archive.archiveAsItIs();
    TreeItem item = item("k", archive.lastLsn(), two);
    bodies.read(List.of(item), (given, body) -> assertArrayEquals(two, body));
  }

  @Test
  void positionBehindTheEndIsLost() {
    long lsn = archive.lastLsn() + 1;
    Findings.found(
        LOST,
        PARTITION.wal(),
        lsn,
        lsn,
        "no segment holds this position",
        () -> read(List.of(item("z", lsn, new byte[0]))));
  }

  @Test
  void positionInAHoleIsLost() {
    archive.store.objects.remove(archive.manifestKey(1));
    long lsn = items.get(2).lsn();
    Findings.found(
        LOST, PARTITION.wal(), lsn, lsn, "no segment holds this position", () -> read(items));
  }

  @Test
  void positionBeforeTheFirstSegmentIsLost() {
    archive.store.objects.remove(archive.manifestKey(0));
    Findings.found(
        LOST, PARTITION.wal(), 0, 0, "no segment holds this position", () -> read(items));
  }

  /** The manifest is believed, and its segment ends before what it says. */
  @Test
  void segmentThatEndsTooEarlyIsCorrupt() throws IOException {
    ArchivedPartition shorter = archive.another();
    shorter.batch(shorter.put("a0", new byte[] {1}));
    shorter.archive();
    archive.store.objects.put(archive.segmentKey(0), shorter.object(shorter.segmentKey(0)));
    Findings.found(
        CORRUPT,
        archive.segmentKey(0),
        0,
        archive.ends.getFirst(),
        "entries of the segment: expected 3, actual fewer",
        () -> read(List.of(items.get(0), item("b0", 2, new byte[] {2}))));
  }

  @Test
  void damagedSegmentIsCorrupt() {
    byte[] object = archive.object(archive.segmentKey(1)).clone();
    object[object.length / 2] ^= 1;
    archive.store.objects.put(archive.segmentKey(1), object);
    Findings.found(
        CORRUPT,
        archive.segmentKey(1),
        archive.firstLsn(1),
        archive.ends.get(1),
        () -> read(items));
  }

  @Test
  void otherObjectsBesideTheLogDoNotMatter() throws IOException {
    archive.store.objects.put(PARTITION.wal() + "notes.manifest.json", new byte[1]);
    assertEquals(items, read(items));
  }

  /** What the taker can't use is no finding against the archive. */
  @Test
  void whatTheTakerThrowsComesBackAsItIs() {
    Corrupt own = new Corrupt("own", 1, 2);
    Corrupt thrown =
        assertThrows(
            Corrupt.class,
            () ->
                bodies.read(
                    items,
                    (item, body) -> {
                      throw own;
                    }));
    assertSame(own, thrown);
  }
}
