/**
 * What we agreed on how the code is written, as tests. A rule is a function from sources, documents
 * or classes to findings, so that it can be shown a bad sample: a rule that can't fail is no rule.
 *
 * <p>{@link dev.assay.infra.tidy.TidyTest} applies them all to this repository.
 */
@NullMarked
package dev.assay.infra.tidy;

import org.jspecify.annotations.NullMarked;
