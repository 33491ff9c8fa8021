package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way to an attribute or to something inside one: a top-level name, then names of map entries
 * and indices of list elements. Equal by its steps.
 *
 * @param inner the steps after the top-level name
 */
public record DocumentPath(String topLevelName, List<Step> inner) {

  public DocumentPath {
    inner = List.copyOf(inner);
  }

  /** One step into a map or a list. */
  public sealed interface Step {
    record Entry(String name) implements Step {
      @Override
      public String toString() {
        return name;
      }
    }

    record Element(int index) implements Step {
      @Override
      public String toString() {
        return "[" + index + "]";
      }
    }
  }

  /** Whether the path leads inside its attribute. */
  public boolean isNested() {
    return !inner.isEmpty();
  }

  int levels() {
    return 1 + inner.size();
  }

  /** What the item has here, or null: a step that leads nowhere is no error. */
  @Nullable Value in(Item item) {
    Value value = item.get(topLevelName);
    for (Step step : inner) {
      value = value == null ? null : into(value, step);
    }
    return value;
  }

  static @Nullable Value into(Value value, Step step) {
    return switch (step) {
      case Step.Entry(var name) ->
          value instanceof Value.MapOf(var entries) ? entries.get(name) : null;
      case Step.Element(var index) ->
          value instanceof Value.ListOf(var elements) && index < elements.size()
              ? elements.get(index)
              : null;
    };
  }

  /** As DynamoDB's errors show it: {@code [a, b, [1]]}. */
  @Override
  public String toString() {
    return inner.stream()
        .map(step -> ", " + step)
        .collect(Collectors.joining("", "[" + topLevelName, "]"));
  }
}
