package dev.assay.replicastore.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the grammar of conditions: filters and key conditions share it.
 *
 * <pre>
 * either     = all (OR all)*
 * all        = negation (AND negation)*
 * negation   = NOT negation | comparison
 * comparison = unit ((= | &lt;&gt; | &lt; | &lt;= | &gt; | &gt;=) operand
 *                   | BETWEEN operand AND operand
 *                   | IN '(' operand (',' operand)* ')')?
 * unit       = '(' either ')' | operand
 * </pre>
 *
 * <p>An opening parenthesis may start a condition or an operand, and only what follows its end
 * tells: so a unit is read as either, and judged by where it turns out to stand.
 */
final class ConditionParser {
  private static final int CANDIDATES_MAX = 100;

  private final ExpressionReader reader;

  private ConditionParser(ExpressionReader reader) {
    this.reader = reader;
  }

  static Syntax.Clause parse(String text) {
    ExpressionReader reader = new ExpressionReader(text, false);
    ConditionParser parser = new ConditionParser(reader);
    Syntax.Clause clause = parser.clauseOf(parser.either());
    reader.finish();
    return clause;
  }

  /**
   * All levels of the grammar but the last in one loop: parentheses nest by recursion, and every
   * function more on the way costs stack at each of their levels.
   */
  private Syntax either() {
    List<Syntax.Clause> alternatives = new ArrayList<>();
    List<Syntax.Clause> parts = new ArrayList<>();
    Syntax part = negation();
    while (reader.at(Token.Kind.AND) || reader.at(Token.Kind.OR)) {
      parts.add(clauseOf(part));
      boolean alternative = reader.take().kind() == Token.Kind.OR;
      reader.countOperator();
      if (alternative) {
        alternatives.add(allOf(parts));
        parts = new ArrayList<>();
      }
      part = negation();
    }
    if (parts.isEmpty() && alternatives.isEmpty()) {
      return part;
    }
    parts.add(clauseOf(part));
    if (alternatives.isEmpty()) {
      return allOf(parts);
    }
    alternatives.add(allOf(parts));
    return new Syntax.AnyOf(alternatives);
  }

  private static Syntax.Clause allOf(List<Syntax.Clause> parts) {
    return parts.size() == 1 ? parts.getFirst() : new Syntax.AllOf(parts);
  }

  /** However often NOT is said, it is kept once or twice: that means the same. */
  private Syntax negation() {
    int negations = 0;
    while (reader.accept(Token.Kind.NOT)) {
      reader.countOperator();
      negations++;
    }
    Syntax comparison = comparison();
    if (negations == 0) {
      return comparison;
    }
    Syntax.Not negated = new Syntax.Not(clauseOf(comparison));
    return negations % 2 == 1 ? negated : new Syntax.Not(negated);
  }

  private Syntax comparison() {
    Syntax left;
    if (reader.at(Token.Kind.OPEN)) {
      reader.openGroup();
      left = reader.closeGroup(either());
    } else {
      left = reader.atCall() ? reader.call() : reader.bareOperand();
    }
    Comparator comparator = comparator(reader.peek().kind());
    if (comparator != null) {
      Syntax.Term term = operandOf(left);
      reader.take();
      reader.countOperator();
      return new Syntax.Compare(comparator, term, reader.operand());
    }
    if (reader.at(Token.Kind.BETWEEN)) {
      return between(operandOf(left));
    }
    if (reader.at(Token.Kind.IN)) {
      return oneOf(operandOf(left));
    }
    return left;
  }

  private Syntax.Clause between(Syntax.Term term) {
    reader.take();
    reader.countOperator();
    Syntax.Term low = reader.operand();
    reader.expect(Token.Kind.AND);
    return new Syntax.Between(term, low, reader.operand());
  }

  private Syntax.Clause oneOf(Syntax.Term term) {
    Token in = reader.take();
    reader.countOperator();
    reader.expect(Token.Kind.OPEN);
    List<Syntax.Term> candidates = reader.list();
    reader.expect(Token.Kind.CLOSE);
    if (candidates.size() > CANDIDATES_MAX) {
      reader.note(
          in.start(),
          "The IN operator is provided with too many operands; number of operands: "
              + candidates.size());
    }
    return new Syntax.OneOf(term, candidates);
  }

  /** A unit that turns out to be an operand. */
  private Syntax.Term operandOf(Syntax unit) {
    Syntax.Term term = reader.termOf(unit);
    if (term instanceof Syntax.Call call && call.function().place() != Function.Place.OPERAND) {
      reader.noteMisplaced(call);
    }
    return term;
  }

  /** A unit that turns out to be a condition; a bare path or value is none, and a token lacks. */
  private Syntax.Clause clauseOf(Syntax unit) {
    return switch (unit) {
      case Syntax.Clause clause -> clause;
      case Syntax.Group(var inner) -> clauseOf(inner);
      case Syntax.Call call -> {
        if (call.function().place() != Function.Place.CONDITION) {
          reader.noteMisplaced(call);
        }
        yield new Syntax.Holds(call);
      }
      case Syntax.Path _, Syntax.ValueOf _, Syntax.Arithmetic _ -> throw reader.unexpected();
    };
  }

  private static @Nullable Comparator comparator(Token.Kind kind) {
    return switch (kind) {
      case EQUAL -> Comparator.EQUAL;
      case NOT_EQUAL -> Comparator.NOT_EQUAL;
      case LESS -> Comparator.LESS;
      case LESS_OR_EQUAL -> Comparator.LESS_OR_EQUAL;
      case GREATER -> Comparator.GREATER;
      case GREATER_OR_EQUAL -> Comparator.GREATER_OR_EQUAL;
      case NAME, ALIAS, VALUE, INDEX, SET, REMOVE, ADD, DELETE, AND, OR, NOT, BETWEEN, IN -> null;
      case PLUS, MINUS, OPEN, CLOSE, OPEN_INDEX, CLOSE_INDEX, DOT, COMMA, UNKNOWN, END -> null;
    };
  }
}
