/**
 * How Assay is put together and run: roles, configuration, the command line, the embedded cluster.
 */
@NullMarked
package dev.assay.infra;

import org.jspecify.annotations.NullMarked;
