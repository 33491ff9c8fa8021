package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Document paths of one expression, merged where they share steps. Where a path ends there is a
 * leaf with the path's ordinal: its place in the list that the tree was made of.
 *
 * <p>No path leads through the end of another one (they overlap), and what is a map for one is not
 * a list for another (they conflict): so every branch has children of one kind.
 */
final class PathTree {

  sealed interface Node {}

  record Leaf(int ordinal) implements Node {}

  /** The paths go on into a map. */
  record Entries(Map<String, Node> children) implements Node {}

  /** The paths go on into a list; the children are in the order of their indices. */
  record Elements(TreeMap<Integer, Node> children) implements Node {}

  private final Map<String, Node> attributes;

  private PathTree(Map<String, Node> attributes) {
    this.attributes = attributes;
  }

  /**
   * @throws ExpressionException if two of the paths overlap, or else if two conflict
   */
  static PathTree of(List<DocumentPath> paths) {
    if (paths.isEmpty()) {
      return new PathTree(Map.of());
    }
    Builder root = new Builder(paths.getFirst());
    ExpressionException conflict = null;
    for (int i = 0; i < paths.size(); i++) {
      DocumentPath path = paths.get(i);
      ExpressionException found = root.add(path, i);
      conflict = conflict == null ? found : conflict;
    }
    if (conflict != null) {
      throw conflict;
    }
    return new PathTree(root.entries());
  }

  Set<String> topLevelNames() {
    return Collections.unmodifiableSet(attributes.keySet());
  }

  Map<String, Node> attributes() {
    return attributes;
  }

  /** The parts of the item that the paths lead to, each in the maps and lists that lead there. */
  Item project(Item item) {
    return new Item(entries(item.attributes(), attributes));
  }

  private static Map<String, Value> entries(Map<String, Value> from, Map<String, Node> children) {
    Map<String, Value> found = new LinkedHashMap<>();
    children.forEach(
        (name, child) -> {
          Value value = from.get(name);
          Value part = value == null ? null : project(value, child);
          if (part != null) {
            found.put(name, part);
          }
        });
    return found;
  }

  private static @Nullable Value project(Value value, Node node) {
    return switch (node) {
      case Leaf _ -> value;
      case Entries(var children) -> {
        if (!(value instanceof Value.MapOf(var from))) {
          yield null;
        }
        Map<String, Value> found = entries(from, children);
        yield found.isEmpty() ? null : new Value.MapOf(found);
      }
      case Elements(var children) -> {
        if (!(value instanceof Value.ListOf(var from))) {
          yield null;
        }
        List<Value> found = new ArrayList<>();
        children
            .headMap(from.size())
            .forEach(
                (index, child) -> {
                  Value part = project(from.get(index), child);
                  if (part != null) {
                    found.add(part);
                  }
                });
        yield found.isEmpty() ? null : new Value.ListOf(found);
      }
    };
  }

  /** A node while paths are added. */
  private static final class Builder {
    private static final int GOES_ON = -1;

    private final Map<DocumentPath.Step, Builder> children = new LinkedHashMap<>();

    /** The first path that came through here or ended here. */
    private final DocumentPath first;

    private int ordinal = GOES_ON;

    Builder(DocumentPath first) {
      this.first = first;
    }

    /**
     * Adds the path below this root; returns its conflict with an earlier path, if there is one.
     */
    @Nullable ExpressionException add(DocumentPath path, int ordinal) {
      ExpressionException conflict = null;
      Builder node = this;
      DocumentPath.Step step = new DocumentPath.Step.Entry(path.topLevelName());
      for (int level = 0; ; level++) {
        DocumentPath otherKind = node.firstOfOtherKind(step);
        if (otherKind != null && conflict == null) {
          conflict = clash("conflict", otherKind, path);
        }
        Builder child = node.children.get(step);
        boolean ends = level == path.inner().size();
        if (child != null && (ends || child.ordinal != GOES_ON)) {
          throw clash("overlap", child.first, path);
        }
        if (child == null) {
          child = new Builder(path);
          node.children.put(step, child);
        }
        if (ends) {
          child.ordinal = ordinal;
          return conflict;
        }
        node = child;
        step = path.inner().get(level);
      }
    }

    /**
     * The first path that takes this node for a list where {@code step} takes it for a map, or the
     * other way round. If its first child is of the step's kind and a later one is not, that later
     * one has met the conflict already.
     */
    private @Nullable DocumentPath firstOfOtherKind(DocumentPath.Step step) {
      if (children.isEmpty()) {
        return null;
      }
      Map.Entry<DocumentPath.Step, Builder> earliest = children.entrySet().iterator().next();
      return earliest.getKey().getClass() == step.getClass() ? null : earliest.getValue().first;
    }

    private Node build() {
      if (ordinal != GOES_ON) {
        return new Leaf(ordinal);
      }
      if (children.keySet().iterator().next() instanceof DocumentPath.Step.Entry) {
        return new Entries(entries());
      }
      TreeMap<Integer, Node> elements = new TreeMap<>();
      children.forEach(
          (step, child) -> {
            if (step instanceof DocumentPath.Step.Element(var index)) {
              elements.put(index, child.build());
            }
          });
      return new Elements(elements);
    }

    private Map<String, Node> entries() {
      Map<String, Node> entries = new LinkedHashMap<>();
      children.forEach(
          (step, child) -> {
            if (step instanceof DocumentPath.Step.Entry(var name)) {
              entries.put(name, child.build());
            }
          });
      return entries;
    }

    private static ExpressionException clash(String how, DocumentPath one, DocumentPath two) {
      return ExpressionException.invalid(
          "Two document paths "
              + how
              + " with each other; must remove or rewrite one of these paths; path one: "
              + one
              + ", path two: "
              + two);
    }
  }
}
