/**
 * Measures a DynamoDB endpoint from outside, and two of them side by side. Each program is started
 * by a script in the folder {@code benchmarks}; none is a test, and none is shipped.
 */
@NullMarked
package dev.assay.benchmarks;

import org.jspecify.annotations.NullMarked;
