package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries out an update's changes on an item.
 *
 * <p>First every outcome is computed from the item before, then the item is rebuilt along the paths
 * in one walk: so no change sees another one, and list indices are those of the list before. What
 * goes wrong is reported in DynamoDB's order: types, then paths, then missing attributes.
 *
 * @param targets the path of each change, by the ordinals of the tree's leaves
 */
record Modification(PathTree tree, List<DocumentPath> targets, List<Change> changes) {

  Modification {
    targets = List.copyOf(targets);
    changes = List.copyOf(changes);
  }

  boolean createsItem() {
    for (Change change : changes) {
      if (change instanceof Change.Assign || change instanceof Change.Add) {
        return true;
      }
    }
    return false;
  }

  Item apply(Item before) {
    @Nullable Value[] outcomes = new @Nullable Value[changes.size()];
    boolean complete = true;
    int bytes = 0;
    for (int i = 0; i < outcomes.length; i++) {
      Change change = changes.get(i);
      Value outcome = change.outcome(before, targets.get(i));
      outcomes[i] = outcome;
      complete &= outcome != null || !(change instanceof Change.Assign);
      if (outcome != null) {
        requireAllowedDepth(outcome, targets.get(i));
        bytes += ItemSize.of(outcome);
        requireAllowedSize(bytes);
      }
    }
    Item after = new Item(entries(before.attributes(), tree.attributes(), outcomes));
    if (!complete) {
      throw UpdateRefusals.missingAttribute();
    }
    requireAllowedSize(ItemSize.of(after));
    return after;
  }

  /** All outcomes are parts of the item after: as soon as they are too large, so is the item. */
  private static void requireAllowedSize(int bytes) {
    if (bytes > ItemSize.BYTES_MAX) {
      throw UpdateRefusals.itemTooLarge();
    }
  }

  private static void requireAllowedDepth(Value outcome, DocumentPath target) {
    int levels = Nesting.LEVELS_MAX - target.levels() + 1;
    if (!Nesting.allows(outcome, levels)) {
      throw UpdateRefusals.nestedTooDeeply();
    }
  }

  private static Map<String, Value> entries(
      Map<String, Value> before, Map<String, PathTree.Node> children, @Nullable Value[] outcomes) {
    Map<String, Value> after = new LinkedHashMap<>(before);
    for (Map.Entry<String, PathTree.Node> child : children.entrySet()) {
      Value value = rebuilt(before.get(child.getKey()), child.getValue(), outcomes);
      if (value == null) {
        after.remove(child.getKey());
      } else {
        after.put(child.getKey(), value);
      }
    }
    return after;
  }

  /** What comes in the place of {@code before}, or null for nothing. */
  private static @Nullable Value rebuilt(
      @Nullable Value before, PathTree.Node node, @Nullable Value[] outcomes) {
    return switch (node) {
      case PathTree.Leaf(var ordinal) -> outcomes[ordinal];
      case PathTree.Entries(var children) -> {
        if (!(before instanceof Value.MapOf(var entries))) {
          throw UpdateRefusals.invalidPath();
        }
        yield new Value.MapOf(entries(entries, children, outcomes));
      }
      case PathTree.Elements(var children) -> {
        if (!(before instanceof Value.ListOf(var elements))) {
          throw UpdateRefusals.invalidPath();
        }
        yield new Value.ListOf(elements(elements, children, outcomes));
      }
    };
  }

  /** What lies past the end is appended in the order of the indices; the rest closes up. */
  private static List<Value> elements(
      List<Value> before, Map<Integer, PathTree.Node> children, @Nullable Value[] outcomes) {
    List<Value> after = new ArrayList<>(before.size() + children.size());
    for (int index = 0; index < before.size(); index++) {
      PathTree.Node child = children.get(index);
      Value value = child == null ? before.get(index) : rebuilt(before.get(index), child, outcomes);
      if (value != null) {
        after.add(value);
      }
    }
    for (Map.Entry<Integer, PathTree.Node> child : children.entrySet()) {
      if (child.getKey() >= before.size()) {
        Value value = rebuilt(null, child.getValue(), outcomes);
        if (value != null) {
          after.add(value);
        }
      }
    }
    return after;
  }
}
