package dev.assay.logformat;

import java.util.UUID;

/**
 * What the archive says of one segment. {@link ManifestCodec} draws its file.
 *
 * @param objectBytes how long the segment object is
 * @param object of the segment object, as it is stored
 * @param chain the {@link SegmentChain} up to and including this segment
 * @param previous of the manifest file of the segment before; {@link Sha256#NONE} for the first
 * @param writer the node that signs
 * @param key the fingerprint of the certificate of the key that signs
 * @param writtenAtMs when the manifest was signed, by the writer's clock
 */
public record Manifest(
    String cluster,
    String table,
    UUID tableId,
    int partition,
    SegmentSummary segment,
    long objectBytes,
    Sha256 object,
    Sha256 chain,
    Sha256 previous,
    String writer,
    Sha256 key,
    long writtenAtMs) {}
