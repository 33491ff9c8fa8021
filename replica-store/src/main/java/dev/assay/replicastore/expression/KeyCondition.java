package dev.assay.replicastore.expression;

import dev.assay.logformat.KeySchema;
import dev.assay.logformat.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parsed key condition: which partition key a query reads, and which of its sort keys.
 *
 * <p>Its grammar is that of conditions; what a query can't do is refused when it is bound.
 * Immutable: any thread may use it, with any bindings.
 */
public final class KeyCondition {
  private final Syntax.Clause clause;

  private KeyCondition(Syntax.Clause clause) {
    this.clause = clause;
  }

  /**
   * @throws ExpressionException if the text is no condition
   */
  public static KeyCondition parse(String text) {
    return new KeyCondition(ConditionParser.parse(text));
  }

  /**
   * The condition with its placeholders resolved.
   *
   * @throws ExpressionException if the bindings do not fit, or no query could do this
   */
  public Bound bind(Usage usage) {
    Criterion criterion = new Binder(usage).criterion(clause);
    Map<String, SortKeyCondition> conditions = new LinkedHashMap<>();
    collect(criterion, conditions);
    return new Bound(conditions);
  }

  /** What the query reads. */
  public record Target(Value partitionKey, @Nullable SortKeyCondition sortKey) {}

  /** A key condition that needs nothing but the key's schema. Immutable. */
  public static final class Bound {
    private final Map<String, SortKeyCondition> conditions;

    Bound(Map<String, SortKeyCondition> conditions) {
      this.conditions = conditions;
    }

    /**
     * @throws ExpressionException if a key with this schema can't be queried so
     */
    public Target against(KeySchema schema) {
      int attributes = schema.sortKey() == null ? 1 : 2;
      if (conditions.size() > attributes) {
        throw ExpressionException.refused(
            "The number of query conditions ("
                + conditions.size()
                + ") exceeds the number of key attributes defined in the schema ("
                + attributes
                + ")");
      }
      SortKeyCondition partition = required(schema.partitionKey());
      requireType(partition, schema.partitionKey());
      if (!(partition instanceof SortKeyCondition.Equal(var partitionKey))) {
        throw ExpressionException.refused("Query key condition not supported");
      }
      if (schema.sortKey() == null || conditions.size() == 1) {
        return new Target(partitionKey, null);
      }
      SortKeyCondition sort = required(schema.sortKey());
      requireType(sort, schema.sortKey());
      return new Target(partitionKey, sort);
    }

    private SortKeyCondition required(KeySchema.Attribute attribute) {
      SortKeyCondition condition = conditions.get(attribute.name());
      if (condition == null) {
        throw ExpressionException.refused(
            "Query condition missed key schema element: " + attribute.name());
      }
      return condition;
    }
  }

  private static void requireType(SortKeyCondition condition, KeySchema.Attribute attribute) {
    for (Value value : values(condition)) {
      if (!ValueType.of(value).name().equals(attribute.type().name())) {
        throw ExpressionException.refused(
            "One or more parameter values were invalid: "
                + "Condition parameter type does not match schema type");
      }
      if (value instanceof Value.Text(var text) && text.isEmpty()) {
        throw emptyKey("string", attribute);
      }
      if (value instanceof Value.Bin(var bytes) && bytes.length == 0) {
        throw emptyKey("binary", attribute);
      }
    }
  }

  private static ExpressionException emptyKey(String what, KeySchema.Attribute attribute) {
    return ExpressionException.refused(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
            + "contain an empty "
            + what
            + " value. Key: "
            + attribute.name());
  }

  private static List<Value> values(SortKeyCondition condition) {
    return switch (condition) {
      case SortKeyCondition.Equal(var value) -> List.of(value);
      case SortKeyCondition.Less(var value) -> List.of(value);
      case SortKeyCondition.LessOrEqual(var value) -> List.of(value);
      case SortKeyCondition.Greater(var value) -> List.of(value);
      case SortKeyCondition.GreaterOrEqual(var value) -> List.of(value);
      case SortKeyCondition.Between(var low, var high) -> List.of(low, high);
      case SortKeyCondition.BeginsWith(var prefix) -> List.of(prefix);
    };
  }

  /** Puts the conditions of one attribute each, and refuses what no key can be asked. */
  private static void collect(Criterion criterion, Map<String, SortKeyCondition> into) {
    switch (criterion) {
      case Criterion.AllOf(var parts) -> parts.forEach(part -> collect(part, into));
      case Criterion.AnyOf _ -> throw invalidOperator("OR");
      case Criterion.Not _ -> throw invalidOperator("NOT");
      case Criterion.OneOf _ -> throw invalidOperator("IN");
      case Criterion.Exists _ -> throw invalidOperator(Function.ATTRIBUTE_EXISTS.word());
      case Criterion.NotExists _ -> throw invalidOperator(Function.ATTRIBUTE_NOT_EXISTS.word());
      case Criterion.HasType _ -> throw invalidOperator(Function.ATTRIBUTE_TYPE.word());
      case Criterion.Contains _ -> throw invalidOperator(Function.CONTAINS.word());
      case Criterion.Compare compare -> collect(compare, into);
      case Criterion.Between(var operand, var low, var high) -> {
        requireAttributeFirst("BETWEEN", operand);
        Subject subject = Subject.of(List.of(operand, low, high));
        List<Value> bounds = subject.constants();
        put(subject, new SortKeyCondition.Between(bounds.get(0), bounds.get(1)), into);
      }
      case Criterion.BeginsWith(var operand, var prefix) -> {
        requireAttributeFirst(Function.BEGINS_WITH.word(), operand);
        Subject subject = Subject.of(List.of(operand, prefix));
        put(subject, new SortKeyCondition.BeginsWith(subject.constants().getFirst()), into);
      }
    }
  }

  private static void collect(Criterion.Compare compare, Map<String, SortKeyCondition> into) {
    if (compare.comparator() == Comparator.NOT_EQUAL) {
      throw invalidOperator(Comparator.NOT_EQUAL.sign());
    }
    Subject subject = Subject.of(List.of(compare.left(), compare.right()));
    Value value = subject.constants().getFirst();
    Comparator comparator =
        compare.left() instanceof Operand.Attribute
            ? compare.comparator()
            : compare.comparator().mirrored();
    SortKeyCondition condition =
        switch (comparator) {
          case EQUAL -> new SortKeyCondition.Equal(value);
          case LESS -> new SortKeyCondition.Less(value);
          case LESS_OR_EQUAL -> new SortKeyCondition.LessOrEqual(value);
          case GREATER -> new SortKeyCondition.Greater(value);
          case GREATER_OR_EQUAL -> new SortKeyCondition.GreaterOrEqual(value);
          case NOT_EQUAL -> throw invalidOperator(comparator.sign());
        };
    put(subject, condition, into);
  }

  private static void put(
      Subject subject, SortKeyCondition condition, Map<String, SortKeyCondition> into) {
    if (into.putIfAbsent(subject.name(), condition) != null) {
      throw ExpressionException.invalid(
          "KeyConditionExpressions must only contain one condition per key");
    }
  }

  /** The one attribute of a condition, and the constants that it is compared with. */
  private record Subject(String name, List<Value> constants) {

    static Subject of(List<Operand> operands) {
      String name = null;
      List<Value> constants = new ArrayList<>();
      for (Operand operand : operands) {
        switch (operand) {
          case Operand.Constant(var value) -> constants.add(value);
          case Operand.Attribute(var path) -> {
            if (name != null) {
              throw invalidCondition("Multiple attribute names used in one condition");
            }
            if (path.isNested()) {
              throw ExpressionException.invalid(
                  "KeyConditionExpressions cannot have conditions on nested attributes");
            }
            name = path.topLevelName();
          }
          case Operand.Size _, Operand.IfNotExists _, Operand.ListAppend _, Operand.Arithmetic _ ->
              throw ExpressionException.invalid(
                  "KeyConditionExpressions cannot contain nested operations");
        }
      }
      if (name == null) {
        throw invalidCondition("No key attribute specified");
      }
      return new Subject(name, constants);
    }
  }

  private static void requireAttributeFirst(String operator, Operand first) {
    if (!(first instanceof Operand.Attribute)) {
      throw invalidCondition(
          operator + " operator must have the key attribute as its first operand");
    }
  }

  private static ExpressionException invalidOperator(String operator) {
    return ExpressionException.invalid(
        "Invalid operator used in KeyConditionExpression: " + operator);
  }

  private static ExpressionException invalidCondition(String detail) {
    return ExpressionException.invalid("Invalid condition in KeyConditionExpression: " + detail);
  }
}
