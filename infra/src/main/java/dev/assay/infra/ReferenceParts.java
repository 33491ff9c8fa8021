package dev.assay.infra;

import dev.assay.archiver.CertifiedSigners;
import dev.assay.logformat.UntrustedSigner;
import dev.assay.referencebuilder.FoldOptions;
import dev.assay.referencebuilder.ReferenceBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What building and looking at references takes: the archive by its two clients, the builder, and
 * what is remembered.
 *
 * @param archive of the node whose key signs
 * @param foldsMax how many partitions are folded at a time
 */
record ReferenceParts(
    NodeArchive.Setup archive,
    CertifiedSigners signers,
    ReferenceBuilder builder,
    ArchivedTables tables,
    Rebuilds rebuilds,
    ReferenceMetrics metrics,
    InstantSource clock,
    int foldsMax)
    implements AutoCloseable {

  /** Of this heap, folds get a half; each takes that much when it may. */
  private static final long HEAP_BYTES_PER_FOLD = 256L << 20;

  private static final long CACHE_BYTES_MAX = 16L << 30;
  private static final long STEP_BYTES_MIN = 4L << 30;

  /**
   * @param folder for packs and what a fold sorts; nobody else uses it
   */
  static ReferenceParts open(NodeArchive.Setup archive, Path folder) throws IOException {
    InstantSource clock = InstantSource.system();
    CertifiedSigners signers = new CertifiedSigners(archive.reading(), archive.keys().root());
    int processors = Runtime.getRuntime().availableProcessors();
    long foldsBytes = Runtime.getRuntime().maxMemory() / 2;
    int foldsMax = Math.clamp(foldsBytes / HEAP_BYTES_PER_FOLD, 1, processors);
    long foldBytes = Math.min(HEAP_BYTES_PER_FOLD, foldsBytes / foldsMax);
    FoldOptions options =
        new FoldOptions(
            folder,
            foldBytes < HEAP_BYTES_PER_FOLD ? 1 : processors,
            foldBytes / 4,
            CACHE_BYTES_MAX,
            STEP_BYTES_MIN);
    ReferenceBuilder builder =
        new ReferenceBuilder(
            archive.reading(), archive.writing(), signers, archive.keys().key(), clock, options);
    return new ReferenceParts(
        archive,
        signers,
        builder,
        new ArchivedTables(builder, archive.cluster()),
        new Rebuilds(folder.resolve("rebuilt")),
        new ReferenceMetrics(archive.registry(), clock, () -> (double) builder.nodeBytesRead()),
        clock,
        foldsMax);
  }

  /** Before anything is signed: without its certificate in the archive, nobody could believe it. */
  void publishCertificate() throws IOException {
    try {
      signers.publish(archive.writing(), archive.keys().key().certificate());
    } catch (UntrustedSigner e) {
      throw new IOException("this node's key is not certified: " + e.getMessage(), e);
    }
  }

  /** The fingerprint of the root that certifies the signers. */
  String root() {
    return archive.keys().root().fingerprint().toString();
  }

  @Override
  public void close() throws IOException {
    builder.close();
  }
}
