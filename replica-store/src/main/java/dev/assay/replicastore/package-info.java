/** The live side of one node: its partitions, how they evaluate, write, read and checkpoint. */
@NullMarked
package dev.assay.replicastore;

import org.jspecify.annotations.NullMarked;
