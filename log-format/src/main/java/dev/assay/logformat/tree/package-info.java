/**
 * The digest tree: one history-independent structure over the items of a partition, in the order of
 * their keys, which serves comparing, proving, locating and restoring.
 *
 * <p>{@link dev.assay.logformat.tree.TreeBuilder} makes a tree from sorted items, {@link
 * dev.assay.logformat.tree.TreeUpdate} a new one from an old one and what has changed, {@link
 * dev.assay.logformat.tree.TreeComparison} names the items in which two differ, and {@link
 * dev.assay.logformat.tree.KeyProof} proves that a root holds a key, or does not. Where nodes lie
 * is behind {@link dev.assay.logformat.tree.NodeSink} and {@link
 * dev.assay.logformat.tree.NodeSource}.
 */
@NullMarked
package dev.assay.logformat.tree;

import org.jspecify.annotations.NullMarked;
