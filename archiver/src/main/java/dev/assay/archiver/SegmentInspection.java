package dev.assay.archiver;

import dev.assay.logformat.Batch;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.SegmentAccount;
import dev.assay.logformat.SegmentCheck;
import dev.assay.logformat.SegmentReader;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Compares a segment's object with its manifest, frame by frame.
 *
 * <p>Checks: the object's length and SHA-256; that it can be decoded to the last byte; that its
 * frames are of the partition and follow each other; that the segment ends where the log says that
 * one ends, and not before; that everything that the manifest says of it is so.
 *
 * <p>Does not check: what comes before and after it, and what its mutations do.
 */
final class SegmentInspection {
  private SegmentInspection() {}

  /**
   * Reads the object as it comes. What is wrong with it is looked for once more, in the whole
   * object: that it is another one than the manifest names says more than what is inside.
   *
   * @return whether there is an object
   */
  static boolean inspect(Manifest manifest, ObjectStore store, String key) throws IOException {
    try (InputStream object = store.open(key, manifest.objectBytes())) {
      if (object == null) {
        return false;
      }
      inspect(manifest, object);
      return true;
    } catch (FormatException e) {
      return examine(manifest, store, key);
    }
  }

  private static boolean examine(Manifest manifest, ObjectStore store, String key)
      throws IOException {
    byte[] object = store.get(key, manifest.objectBytes());
    if (object == null) {
      return false;
    }
    require("length of the segment object", manifest.objectBytes(), (long) object.length);
    require("SHA-256 of the segment object", manifest.object(), Sha256.of(object));
    inspect(manifest, new ByteArrayInputStream(object));
    return true;
  }

  private static void inspect(Manifest manifest, InputStream object) throws IOException {
    SegmentSummary expected = manifest.segment();
    SegmentCheck check =
        new SegmentCheck(
            manifest.tableId(), manifest.partition(), expected.firstLsn(), expected.firstTerm());
    try (SegmentReader reader = new SegmentReader(object, expected.framesBytes())) {
      SegmentAccount account = new SegmentAccount(reader);
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        if (account.ended()) {
          throw new Corrupt("end of the segment", "before LSN " + frame.lsn(), "after it");
        }
        Batch batch = check.check(frame);
        account.add(frame, batch);
      }
      requireAll(expected, account);
      require("length of the segment object", manifest.objectBytes(), reader.objectBytes());
      require("SHA-256 of the segment object", manifest.object(), reader.object());
    }
  }

  private static void requireAll(SegmentSummary expected, SegmentAccount account) throws Corrupt {
    if (account.isEmpty()) {
      throw new Corrupt("entries of the segment", expected.entries(), 0);
    }
    SegmentSummary actual = account.summary();
    require("segment", expected, actual);
    if (!account.ended()) {
      throw new Corrupt(
          "end of the segment", "after 16 MiB, a barrier or a cut", "LSN " + actual.lastLsn());
    }
  }

  private static void require(String what, Object expected, Object actual) throws Corrupt {
    if (!expected.equals(actual)) {
      throw new Corrupt(what, expected, actual);
    }
  }
}
