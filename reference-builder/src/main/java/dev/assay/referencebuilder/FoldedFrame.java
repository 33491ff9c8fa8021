package dev.assay.referencebuilder;

import dev.assay.logformat.Fence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame of the archive, as far as the fold cares.
 *
 * @param fence of its batch; null when it holds none
 * @param time of its batch; 0 when it holds none
 * @param changes what its batch does if it is accepted
 * @param unknownKind of a mutation that can't be folded if the batch is accepted; 0 if none is in
 *     it
 */
record FoldedFrame(
    long lsn, long term, @Nullable Fence fence, long time, List<Change> changes, int unknownKind) {}
