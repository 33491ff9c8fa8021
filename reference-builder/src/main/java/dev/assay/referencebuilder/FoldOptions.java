package dev.assay.referencebuilder;

import java.nio.file.Path;

/**
 * How much a fold may take.
 *
 * @param folder on a local disk, which nobody else uses
 * @param threads that read segments
 * @param sortHeapBytes for changes, before they go to files
 * @param cacheBytesMax of packs on the local disk
 * @param stepBytesMin of frames, after which a fold keeps where it is: a later one goes on there
 */
public record FoldOptions(
    Path folder, int threads, long sortHeapBytes, long cacheBytesMax, long stepBytesMin) {

  public static FoldOptions in(Path folder) {
    return new FoldOptions(
        folder,
        Math.max(1, Runtime.getRuntime().availableProcessors()),
        128L << 20,
        16L << 30,
        4L << 30);
  }
}
