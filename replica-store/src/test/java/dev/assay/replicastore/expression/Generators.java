package dev.assay.replicastore.expression;

import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/** Random items and expressions over a few names, so that they often meet. */
final class Generators {
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "#e");
  private static final List<String> COMPARATORS = List.of("=", "<>", "<", "<=", ">", ">=");
  private static final int LEVELS_MAX = 3;

  /** Every placeholder that generated expressions use, with values that suit their operators. */
  static final Bindings BINDINGS =
      Sample.bindings(
          "#e",
          "e",
          ":n",
          Sample.n(2),
          ":m",
          Sample.n("1.5"),
          ":s",
          Sample.s("x"),
          ":t",
          Sample.s("xy"),
          ":l",
          Sample.list(Sample.n(2), Sample.s("x")),
          ":ns",
          Sample.ns("2", "3"),
          ":ss",
          Sample.ss("x", "y"),
          ":type",
          Sample.s("N"));

  private final Random random;

  Generators(long seed) {
    random = new Random(seed);
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  Item item() {
    Map<String, Value> attributes = new LinkedHashMap<>();
    for (String name : NAMES) {
      if (random.nextInt(4) != 0) {
        attributes.put(name.replace("#", ""), value(LEVELS_MAX));
      }
    }
    return new Item(attributes);
  }

  private Value value(int levels) {
    return switch (random.nextInt(levels > 0 ? 9 : 6)) {
      case 0 -> Sample.n(random.nextInt(4));
      case 1 -> Sample.s("xyx".substring(random.nextInt(4)));
      case 2 -> Sample.b("xyx".substring(random.nextInt(4)));
      case 3 -> random.nextBoolean() ? Sample.bool(random.nextBoolean()) : Sample.nil();
      case 4 -> Sample.ns("" + random.nextInt(3), "3");
      case 5 -> Sample.ss("x", "xyx".substring(random.nextInt(4)));
      case 6, 7 -> {
        List<Value> elements = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          elements.add(value(levels - 1));
        }
        yield new Value.ListOf(elements);
      }
      case 8 -> {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "e")) {
          if (random.nextBoolean()) {
            entries.put(name, value(levels - 1));
          }
        }
        yield new Value.MapOf(entries);
      }
      default -> throw new AssertionError();
    };
  }

  String path() {
    StringBuilder path = new StringBuilder(oneOf(NAMES));
    while (random.nextInt(3) == 0) {
      if (random.nextBoolean()) {
        path.append('.').append(oneOf(NAMES));
      } else {
        path.append('[').append(random.nextInt(4)).append(']');
      }
    }
    return path.toString();
  }

  private String operand() {
    return switch (random.nextInt(6)) {
      case 0 -> oneOf(List.of(":n", ":m", ":s", ":t"));
      case 1 -> "size(" + path() + ")";
      case 2 -> "(" + path() + ")";
      default -> path();
    };
  }

  /** A condition that parses; binding may refuse it where two of its paths are one. */
  String condition(int levels) {
    return switch (random.nextInt(levels > 0 ? 13 : 8)) {
      case 0, 1 -> operand() + " " + oneOf(COMPARATORS) + " " + operand();
      case 2 -> operand() + " BETWEEN " + operand() + " AND " + operand();
      case 3 -> operand() + " IN (" + operand() + "," + operand() + ")";
      case 4 -> oneOf(List.of("attribute_exists(", "attribute_not_exists(")) + path() + ")";
      case 5 -> "contains(" + path() + ", " + operand() + ")";
      case 6 -> "begins_with(" + path() + ", :s)";
      case 7 -> "attribute_type(" + path() + ", :type)";
      case 8, 9 -> condition(levels - 1) + " AND " + condition(levels - 1);
      case 10 -> condition(levels - 1) + " OR " + condition(levels - 1);
      case 11 -> "(" + ungrouped(levels - 1) + ")";
      case 12 -> "NOT " + condition(levels - 1);
      default -> throw new AssertionError();
    };
  }

  private String ungrouped(int levels) {
    return "NOT " + condition(levels);
  }

  private String setOperand() {
    return switch (random.nextInt(8)) {
      case 0 -> "if_not_exists(" + path() + ", :n)";
      case 1 -> "list_append(if_not_exists(" + path() + ", :l), :l)";
      case 2 -> path();
      case 3 -> path() + " + :n";
      case 4 -> "(:n - " + path() + ")";
      case 5 -> oneOf(List.of(":l", ":ns", ":ss"));
      default -> oneOf(List.of(":n", ":s"));
    };
  }

  /** One SET action for a path. */
  String setAction(String path) {
    return path + " = " + setOperand();
  }

  /** An update that parses; binding may refuse it for its paths. */
  String update() {
    StringBuilder text = new StringBuilder();
    for (String section : new TreeSet<>(List.of("SET", "REMOVE", "ADD", "DELETE"))) {
      if (random.nextBoolean()) {
        text.append(section).append(' ').append(action(section));
        if (random.nextBoolean()) {
          text.append(", ").append(action(section));
        }
        text.append(' ');
      }
    }
    return text.isEmpty() ? "REMOVE a" : text.toString();
  }

  private String action(String section) {
    return switch (section) {
      case "SET" -> setAction(path());
      case "REMOVE" -> path();
      case "ADD" -> path() + " " + oneOf(List.of(":n", ":ns", ":ss"));
      case "DELETE" -> path() + " " + oneOf(List.of(":ns", ":ss"));
      default -> throw new AssertionError(section);
    };
  }

  /** Some paths, perhaps overlapping. */
  String projection() {
    StringBuilder text = new StringBuilder(path());
    for (int i = random.nextInt(3); i > 0; i--) {
      text.append(", ").append(path());
    }
    return text.toString();
  }
}
