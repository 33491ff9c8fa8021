/** A node's partitions, reached from another process over mutual TLS. */
@NullMarked
package dev.assay.replicastore.remote;

import org.jspecify.annotations.NullMarked;
