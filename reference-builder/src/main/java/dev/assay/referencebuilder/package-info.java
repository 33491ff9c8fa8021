/**
 * The reference: the state that the archive alone says a partition has at one position.
 *
 * <p>{@link dev.assay.referencebuilder.ReferenceBuilder} folds archived segments into a digest
 * tree, on from the last one that it kept, or from genesis. It shares bytes with the live side and
 * no logic: what a log means is written here a second time, from {@code docs/data-format.md}. What
 * can't be read or believed is an {@link dev.assay.referencebuilder.Unprovable}; nothing is ever
 * taken for empty, and nothing is skipped.
 *
 * <p>Threads: a builder folds one partition at a time, and reads segments ahead on threads of its
 * own; several builders fold different partitions side by side.
 */
@NullMarked
package dev.assay.referencebuilder;

import org.jspecify.annotations.NullMarked;
