/**
 * DynamoDB's expressions: conditions, updates, projections and key conditions.
 *
 * <p>An expression goes through three steps. <em>Parsing</em> needs its text alone and gives an
 * immutable object that {@link dev.assay.replicastore.expression.ParsedExpressions} can keep.
 * <em>Binding</em> gives its placeholders their meaning and judges what that makes of it. What is
 * bound is <em>applied</em> to items. Parsing and binding refuse with the errors that DynamoDB
 * gives before it looks at an item; applying an update refuses with those that depend on the item.
 *
 * <p>Nothing here reads a clock, draws a random number or does IO, and every text and every binding
 * has an answer or an {@link dev.assay.replicastore.expression.ExpressionException}: no text
 * overflows the stack.
 */
@NullMarked
package dev.assay.replicastore.expression;

import org.jspecify.annotations.NullMarked;
