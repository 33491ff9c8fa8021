/**
 * The committed log as segments and signed manifests in object storage, and the object stores that
 * they are kept in.
 *
 * <p>Nothing here knows how a replica works: {@link dev.assay.archiver.CommittedLog} is all that
 * the agents see of it, and {@link dev.assay.archiver.ObjectStore} all that they see of a store.
 */
@NullMarked
package dev.assay.archiver;

import org.jspecify.annotations.NullMarked;
