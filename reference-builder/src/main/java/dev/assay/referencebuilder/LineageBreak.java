package dev.assay.referencebuilder;

import dev.assay.logformat.Digest128;

/**
 * A mutation was evaluated on another item than the log says that its key held: a finding against
 * the node that evaluated it, which stays one after the states agree again.
 *
 * @param key nobody writes to it
 * @param lsn of the mutation
 * @param expected the digest of what the key held before it, by the archive
 * @param actual the one that the mutation names
 * @param node which evaluated it
 */
public record LineageBreak(
    byte[] key, long lsn, Digest128 expected, Digest128 actual, String node) {}
