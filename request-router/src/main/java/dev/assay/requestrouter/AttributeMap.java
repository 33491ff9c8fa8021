package dev.assay.requestrouter;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as read from a request. DynamoDB reads a whole request before it judges any value, so
 * the first value that is wrong is kept here until its turn comes.
 *
 * @param problem what is wrong with the first wrong value; null when all are right
 * @param problemName whose value that is
 */
record AttributeMap(
    Map<String, Value> values, @Nullable String problem, @Nullable String problemName) {

  Item item() {
    return new Item(values);
  }

  void throwProblem() {
    throwProblem("");
  }

  void throwProblem(String prefix) {
    if (problem != null) {
      throw ApiException.validation(prefix + problem);
    }
  }
}
