package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;

/**
 * Gives the placeholders of a parsed expression their meaning, and judges what the text alone could
 * not tell: that each is defined, and that constants are of types that their operators take.
 *
 * <p>Conditions are judged from left to right and from the inside out, as DynamoDB does. One binder
 * binds one expression.
 */
final class Binder {
  private final Usage usage;
  private final List<DocumentPath> paths = new ArrayList<>();

  Binder(Usage usage) {
    this.usage = usage;
  }

  /** Every path that was bound, in the order of the text. */
  List<DocumentPath> paths() {
    return List.copyOf(paths);
  }

  Criterion criterion(Syntax.Clause clause) {
    return switch (clause) {
      case Syntax.AllOf(var parts) -> new Criterion.AllOf(criteria(parts));
      case Syntax.AnyOf(var parts) -> new Criterion.AnyOf(criteria(parts));
      case Syntax.Not(var part) -> new Criterion.Not(criterion(part));
      case Syntax.Compare compare -> compare(compare);
      case Syntax.Between between -> between(between);
      case Syntax.OneOf oneOf -> oneOf(oneOf);
      case Syntax.Holds(var call) -> holds(call);
    };
  }

  /** A plain loop, as in {@link #operands}: a stream needs many times the stack at every level. */
  private List<Criterion> criteria(List<Syntax.Clause> clauses) {
    List<Criterion> criteria = new ArrayList<>(clauses.size());
    for (Syntax.Clause clause : clauses) {
      criteria.add(criterion(clause));
    }
    return criteria;
  }

  private Criterion compare(Syntax.Compare compare) {
    Operand left = operand(compare.left());
    Operand right = operand(compare.right());
    String sign = compare.comparator().sign();
    requireDistinct(sign, left, List.of(right));
    if (compare.comparator().ordering()) {
      requireOrdered(sign, List.of(left, right));
    }
    return new Criterion.Compare(compare.comparator(), left, right);
  }

  private Criterion between(Syntax.Between between) {
    Operand operand = operand(between.term());
    Operand low = operand(between.low());
    Operand high = operand(between.high());
    requireDistinct("BETWEEN", operand, List.of(low, high));
    requireOrdered("BETWEEN", List.of(operand, low, high));
    if (low instanceof Operand.Constant(var from) && high instanceof Operand.Constant(var to)) {
      requireRange(from, to);
    }
    return new Criterion.Between(operand, low, high);
  }

  private Criterion oneOf(Syntax.OneOf oneOf) {
    Operand operand = operand(oneOf.term());
    List<Operand> candidates = operands(oneOf.candidates());
    requireDistinct("IN", operand, candidates);
    return new Criterion.OneOf(operand, candidates);
  }

  private Criterion holds(Syntax.Call call) {
    Function function = call.function();
    List<Operand> operands = operands(call);
    Operand first = operands.getFirst();
    requireDistinct(function.word(), first, operands.subList(1, operands.size()));
    return switch (function) {
      case ATTRIBUTE_EXISTS -> new Criterion.Exists(requirePath(function, first));
      case ATTRIBUTE_NOT_EXISTS -> new Criterion.NotExists(requirePath(function, first));
      case ATTRIBUTE_TYPE -> new Criterion.HasType(first, typeNamed(operands.get(1)));
      case BEGINS_WITH -> {
        for (Operand operand : operands) {
          ValueType type = operand.fixedType();
          if (type != null && type != ValueType.S && type != ValueType.B) {
            throw incorrectType(function.word(), type.name());
          }
        }
        yield new Criterion.BeginsWith(first, operands.get(1));
      }
      case CONTAINS -> new Criterion.Contains(first, operands.get(1));
      case SIZE, IF_NOT_EXISTS, LIST_APPEND ->
          throw new AssertionError("the parser refuses " + function.word() + " as a condition");
    };
  }

  Operand operand(Syntax.Term term) {
    return switch (term) {
      case Syntax.Path path -> new Operand.Attribute(path(path));
      case Syntax.ValueOf(var placeholder) -> new Operand.Constant(usage.value(placeholder));
      case Syntax.Call call -> call(call);
    };
  }

  private Operand call(Syntax.Call call) {
    Function function = call.function();
    List<Operand> operands = operands(call);
    Operand first = operands.getFirst();
    return switch (function) {
      case SIZE -> {
        ValueType type = first.fixedType();
        if (type != null && !type.sized()) {
          throw incorrectType(function.word(), type.name());
        }
        yield new Operand.Size(first);
      }
      case IF_NOT_EXISTS -> new Operand.IfNotExists(requirePath(function, first), operands.get(1));
      case LIST_APPEND -> {
        requireConstants(function.word(), ValueType.L, operands);
        yield new Operand.ListAppend(first, operands.get(1));
      }
      case ATTRIBUTE_EXISTS, ATTRIBUTE_NOT_EXISTS, ATTRIBUTE_TYPE, BEGINS_WITH, CONTAINS ->
          throw new AssertionError("the parser refuses " + function.word() + " as an operand");
    };
  }

  Operand arithmetic(Syntax.Arithmetic arithmetic) {
    Operand left = operand(arithmetic.left());
    Operand right = operand(arithmetic.right());
    requireConstants(arithmetic.plus() ? "+" : "-", ValueType.N, List.of(left, right));
    return new Operand.Arithmetic(arithmetic.plus(), left, right);
  }

  private List<Operand> operands(List<Syntax.Term> terms) {
    List<Operand> operands = new ArrayList<>(terms.size());
    for (Syntax.Term term : terms) {
      operands.add(operand(term));
    }
    return operands;
  }

  private List<Operand> operands(Syntax.Call call) {
    List<Operand> operands = operands(call.operands());
    if (operands.size() != call.function().operands()) {
      throw ExpressionException.invalid(
          "Incorrect number of operands for operator or function; operator or function: "
              + call.function().word()
              + ", number of operands: "
              + operands.size());
    }
    return operands;
  }

  DocumentPath path(Syntax.Path path) {
    String topLevelName = name(path.steps().getFirst());
    List<DocumentPath.Step> inner = path.steps().stream().skip(1).map(this::step).toList();
    DocumentPath bound = new DocumentPath(topLevelName, inner);
    if (bound.levels() > Nesting.LEVELS_MAX) {
      throw ExpressionException.invalid(
          "The document path has too many nesting levels; nesting levels: " + bound.levels());
    }
    paths.add(bound);
    return bound;
  }

  private DocumentPath.Step step(Syntax.Step step) {
    return step instanceof Syntax.Step.At(var index)
        ? new DocumentPath.Step.Element(index)
        : new DocumentPath.Step.Entry(name(step));
  }

  private String name(Syntax.Step step) {
    return switch (step) {
      case Syntax.Step.Plain(var name) -> name;
      case Syntax.Step.Alias(var placeholder) -> usage.name(placeholder);
      case Syntax.Step.At _ -> throw new AssertionError("a path starts with a name");
    };
  }

  private static ValueType typeNamed(Operand operand) {
    if (!(operand instanceof Operand.Constant(var value))) {
      ValueType type = operand.fixedType();
      throw incorrectType("attribute_type", type == null ? anyType() : type.name());
    }
    if (!(value instanceof Value.Text(var letters))) {
      throw incorrectType("attribute_type", ValueType.of(value).name());
    }
    ValueType type = ValueType.lettered(letters);
    if (type == null) {
      throw ExpressionException.invalid(
          "Invalid attribute type name found; type: " + letters + ", valid types: " + anyType());
    }
    return type;
  }

  private static String anyType() {
    List<String> letters = new ArrayList<>();
    for (ValueType type : ValueType.values()) {
      letters.add(type.name());
    }
    return "{" + String.join(",", letters) + "}";
  }

  private static DocumentPath requirePath(Function function, Operand operand) {
    if (operand instanceof Operand.Attribute(var path)) {
      return path;
    }
    throw ExpressionException.invalid(
        "Operator or function requires a document path; operator or function: " + function.word());
  }

  private static void requireDistinct(String operator, Operand first, List<Operand> others) {
    if (first instanceof Operand.Attribute(var path) && others.contains(first)) {
      throw ExpressionException.invalid(
          "The first operand must be distinct from the remaining operands for this operator or "
              + "function; operator: "
              + operator
              + ", first operand: "
              + path);
    }
  }

  private static void requireOrdered(String operator, List<Operand> operands) {
    for (Operand operand : operands) {
      ValueType type = operand.fixedType();
      if (type != null && !type.ordered()) {
        throw incorrectType(operator, type.name());
      }
    }
  }

  private static void requireConstants(String operator, ValueType type, List<Operand> operands) {
    for (Operand operand : operands) {
      ValueType fixed = operand.fixedType();
      if (fixed != null && fixed != type) {
        throw incorrectType(operator, fixed.name());
      }
    }
  }

  private static void requireRange(Value low, Value high) {
    OptionalInt order = ValueOrder.compare(low, high);
    if (order.isPresent() && order.getAsInt() <= 0) {
      return;
    }
    throw ExpressionException.invalid(
        (order.isPresent()
                ? "The BETWEEN operator requires upper bound to be greater than or equal to lower"
                    + " bound"
                : "The BETWEEN operator requires same data type for lower and upper bounds")
            + "; lower bound operand: AttributeValue: {"
            + shown(low)
            + "}, upper bound operand: AttributeValue: {"
            + shown(high)
            + "}");
  }

  private static String shown(Value bound) {
    String content =
        switch (bound) {
          case Value.Text(var text) -> text;
          case Value.Num(var number) -> number.toPlainString();
          case Value.Bin(var bytes) -> Base64.getEncoder().encodeToString(bytes);
          case Value.Bool _, Value.Null _, Value.ListOf _, Value.MapOf _ -> unordered();
          case Value.TextSet _, Value.NumSet _, Value.BinSet _ -> unordered();
        };
    return ValueType.of(bound) + ":" + content;
  }

  private static String unordered() {
    throw new AssertionError("bounds without an order are refused before");
  }

  private static ExpressionException incorrectType(String operator, String type) {
    return ExpressionException.invalid(
        "Incorrect operand type for operator or function; operator or function: "
            + operator
            + ", operand type: "
            + type);
  }
}
