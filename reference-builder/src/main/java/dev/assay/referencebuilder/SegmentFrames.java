package dev.assay.referencebuilder;

import dev.assay.archiver.ObjectStore;
import dev.assay.logformat.Batch;
import dev.assay.logformat.BatchCodec;
import dev.assay.logformat.Digest128;
import dev.assay.logformat.Fence;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.logformat.Frame;
import dev.assay.logformat.Manifest;
import dev.assay.logformat.Mutation;
import dev.assay.logformat.Mutation.ArchiveHead;
import dev.assay.logformat.Mutation.Barrier;
import dev.assay.logformat.Mutation.Cut;
import dev.assay.logformat.Mutation.Delete;
import dev.assay.logformat.Mutation.Expire;
import dev.assay.logformat.Mutation.Ingest;
import dev.assay.logformat.Mutation.Put;
import dev.assay.logformat.Mutation.Reserved;
import dev.assay.logformat.SegmentCheck;
import dev.assay.logformat.SegmentReader;
import dev.assay.logformat.SegmentSummary;
import dev.assay.logformat.Sha256;
import dev.assay.logformat.tree.DigestSuite;
import dev.assay.referencebuilder.Unprovable.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one archived segment, and keeps of each what the fold needs: digests in place
 * of items.
 *
 * <p>Checks: the object is the one that the manifest names, by its SHA-256 and its length; its
 * frames are those that the manifest names, by their identity; every batch is whole and of this
 * partition, and LSNs and terms have no hole. What is wrong is looked at twice before it is called
 * so. Any thread may call.
 */
final class SegmentFrames implements FrameReader {
  private final ObjectStore store;

  SegmentFrames(ObjectStore store) {
    this.store = store;
  }

  @Override
  public List<FoldedFrame> read(ArchivedSegment segment, DigestSuite suite) throws IOException {
    try (InputStream object =
        BoundedReads.open(store, segment.key(), segment.manifest().objectBytes())) {
      return read(segment, suite, required(segment, object));
    } catch (FormatException e) {
      return readAgain(segment, suite);
    }
  }

  /** That it is another object than the manifest names says more than what is inside. */
  private List<FoldedFrame> readAgain(ArchivedSegment segment, DigestSuite suite)
      throws IOException {
    Manifest manifest = segment.manifest();
    try {
      byte[] object =
          required(segment, BoundedReads.get(store, segment.key(), manifest.objectBytes()));
      require("length of the segment object", manifest.objectBytes(), (long) object.length);
      require("SHA-256 of the segment object", manifest.object(), Sha256.of(object));
      return read(segment, suite, new ByteArrayInputStream(object));
    } catch (FormatException e) {
      SegmentSummary summary = segment.summary();
      throw Unprovable.of(segment.key(), summary.firstLsn(), summary.lastLsn(), e);
    }
  }

  private static <T> T required(ArchivedSegment segment, @Nullable T object) throws Unprovable {
    if (object == null) {
      throw new Unprovable(
          Kind.LOST,
          segment.key(),
          segment.summary().firstLsn(),
          segment.summary().lastLsn(),
          "expected an object, actual none");
    }
    return object;
  }

  private static List<FoldedFrame> read(
      ArchivedSegment segment, DigestSuite suite, InputStream object) throws IOException {
    Manifest manifest = segment.manifest();
    SegmentSummary summary = segment.summary();
    SegmentCheck check =
        new SegmentCheck(
            manifest.tableId(), manifest.partition(), summary.firstLsn(), summary.firstTerm());
    List<FoldedFrame> frames = new ArrayList<>();
    try (SegmentReader reader = new SegmentReader(object, summary.framesBytes())) {
      for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
        frames.add(folded(frame, check.check(frame), suite));
      }
      require("length of the segment object", manifest.objectBytes(), reader.objectBytes());
      require("SHA-256 of the segment object", manifest.object(), reader.object());
      require("identity of the segment", summary.frames(), reader.identity());
    }
    require("entries of the segment", summary.entries(), (long) frames.size());
    return frames;
  }

  private static void require(String what, Object expected, Object actual) throws Corrupt {
    if (!expected.equals(actual)) {
      throw new Corrupt(what, expected, actual);
    }
  }

  private static FoldedFrame folded(Frame frame, @Nullable Batch batch, DigestSuite suite) {
    if (batch == null) {
      return new FoldedFrame(frame.lsn(), frame.term(), null, 0, List.of(), 0);
    }
    Fence fence = batch.fence();
    List<Change> changes = new ArrayList<>(batch.mutations().size());
    int unknownKind = 0;
    for (Mutation mutation : batch.mutations()) {
      switch (mutation) {
        case Put(byte[] key, byte[] item, Digest128 before) ->
            changes.add(
                Change.put(
                    key, frame.lsn(), before, suite.item(key, item), item.length, fence.node()));
        case Delete(byte[] key, Digest128 before) ->
            changes.add(Change.delete(key, frame.lsn(), before, fence.node()));
        case Expire(byte[] key, Digest128 before) ->
            changes.add(Change.delete(key, frame.lsn(), before, fence.node()));
        case Barrier barrier -> {}
        case Cut cut -> {}
        case ArchiveHead head -> {}
        case Ingest ingest -> unknownKind = BatchCodec.INGEST;
        case Reserved reserved -> unknownKind = reserved.kind();
      }
    }
    return new FoldedFrame(
        frame.lsn(), frame.term(), fence, batch.hybridTime(), changes, unknownKind);
  }
}
