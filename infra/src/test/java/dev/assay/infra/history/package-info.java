/**
 * Histories of operations on single items, and the judge of whether they are linearizable: whether
 * there is one order of them, true to what came before what, that explains every answer.
 *
 * <p>Reading order: {@link dev.assay.infra.history.Operation}, {@link
 * dev.assay.infra.history.LinearizabilityChecker}, then {@link
 * dev.assay.infra.history.SingleItemWorkload}, which records a history against a running database.
 */
@NullMarked
package dev.assay.infra.history;

import org.jspecify.annotations.NullMarked;
