/**
 * The bytes that every part of Assay agrees on: keys, items, mutations, batches, frames, files.
 *
 * <p>This package is the only bridge between the live side and the reference side. It encodes and
 * decodes, and decides nothing: which batch is accepted, and what it does, is written twice, once
 * on either side.
 */
@NullMarked
package dev.assay.logformat;

import org.jspecify.annotations.NullMarked;
