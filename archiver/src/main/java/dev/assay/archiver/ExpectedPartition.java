package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * What the archive of one partition is expected to hold, from those who know it without the
 * archive: the heads that its replicas have logged, and their committed logs.
 *
 * @param headLsn the last position that is known to be archived; -1 when none is
 * @param headManifest of the manifest file that ends there; null when it is not known
 * @param committedLsn the last committed position; -1 when there is none
 * @param oldestUnarchivedMs the time of the oldest entry that is known not to be archived, in
 *     milliseconds since 1970; 0 when there is none or it is not known
 */
public record ExpectedPartition(
    Owner owner,
    long headLsn,
    @Nullable Sha256 headManifest,
    long committedLsn,
    long oldestUnarchivedMs) {}
