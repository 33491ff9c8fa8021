/** Agreement on one log per partition, behind one narrow interface; Apache Ratis inside. */
@NullMarked
package dev.assay.replicastore.consensus;

import org.jspecify.annotations.NullMarked;
