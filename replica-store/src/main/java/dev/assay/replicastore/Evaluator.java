package dev.assay.replicastore;

import dev.assay.logformat.Digest128;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.ItemCodec;
import dev.assay.logformat.ItemDigest;
import dev.assay.logformat.Mutation;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.PartitionRequest.Write;
import dev.assay.replicastore.expression.ExpressionException;
import dev.assay.replicastore.expression.ExpressionKind;
import dev.assay.replicastore.expression.ParsedExpressions;
import dev.assay.replicastore.expression.UpdateExpression;
import dev.assay.replicastore.expression.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Computes what a write does to its item: checks the condition and makes the after-image. Pure: it
 * reads no store, no clock. The leader alone evaluates; every replica applies the after-image.
 */
final class Evaluator {
  private final ParsedExpressions expressions;

  Evaluator(ParsedExpressions expressions) {
    this.expressions = expressions;
  }

  /**
   * @param current the canonical bytes of the item at the key, as of everything evaluated before
   */
  EvaluatedWrite evaluate(Write write, byte @Nullable [] current) throws FormatException {
    Item before = current == null ? null : ItemCodec.decode(current);
    try {
      if (write.condition() != null
          && !expressions.condition(write.condition()).test(before, write.bindings())) {
        return new EvaluatedWrite.Answered(new PartitionReply.ConditionFailed(before));
      }
    } catch (ExpressionException e) {
      return invalid(e, ExpressionKind.CONDITION);
    }
    try {
      return change(write, current, before);
    } catch (ExpressionException e) {
      return invalid(e, ExpressionKind.UPDATE);
    }
  }

  private static EvaluatedWrite invalid(ExpressionException e, ExpressionKind kind) {
    return new EvaluatedWrite.Answered(new PartitionReply.Invalid(e.describe(kind)));
  }

  private EvaluatedWrite change(Write write, byte @Nullable [] current, @Nullable Item before) {
    byte[] key = write.key();
    Digest128 digest = current == null ? Digest128.NONE : ItemDigest.of(key, current);
    return switch (write.change()) {
      case Change.Delete() ->
          new EvaluatedWrite.Logged(new Mutation.Delete(key, digest), null, before, null);
      case Change.Put(Item item) -> put(key, digest, before, item);
      case Change.Update(Item keyAttributes, String expression) ->
          update(write, digest, before, keyAttributes, expression);
    };
  }

  private EvaluatedWrite update(
      Write write, Digest128 digest, @Nullable Item before, Item keyAttributes, String expression) {
    Item from = before == null ? keyAttributes : before;
    if (expression.isEmpty()) {
      return put(write.key(), digest, before, from);
    }
    UpdateExpression.Bound update =
        expressions.update(expression).bind(new Usage(write.bindings()));
    if (before == null && !update.createsItem()) {
      return new EvaluatedWrite.Logged(new Mutation.Delete(write.key(), digest), null, null, null);
    }
    return put(write.key(), digest, before, update.apply(from));
  }

  private static EvaluatedWrite put(
      byte[] key, Digest128 digest, @Nullable Item before, Item after) {
    byte[] image = ItemCodec.encode(after);
    return new EvaluatedWrite.Logged(new Mutation.Put(key, image, digest), image, before, after);
  }
}
