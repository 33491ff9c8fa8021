/**
 * Measures a DynamoDB endpoint from outside, two of them side by side, and the archiver by itself.
 * Each program is started by a script in the folder {@code benchmarks}; none is a test, and none is
 * shipped.
 */
@NullMarked
package dev.assay.benchmarks;

import org.jspecify.annotations.NullMarked;
