package dev.assay.replicastore.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what all kinds of expression share: tokens, document paths, operands, function calls.
 *
 * <p>Two kinds of trouble: a text that does not follow the grammar is refused where it stops making
 * sense. A text that follows it and says something forbidden (a reserved word, an unknown function)
 * is refused at its end, for the problem that stands first in the text: DynamoDB parses first and
 * judges afterwards.
 *
 * <p>Recursion is bounded for every text: each level of it needs a parenthesis or an operator, and
 * both are counted.
 */
final class ExpressionReader {
  static final int TEXT_BYTES_MAX = 4096;
  static final int OPERATORS_MAX = 300;

  /**
   * Parentheses that enclose no operator are redundant, so more levels than this can't be right.
   */
  private static final int LEVELS_MAX = OPERATORS_MAX + 2;

  private final String text;
  private final List<Token> tokens;
  private final boolean update;
  private final List<String> aliases = new ArrayList<>();
  private final List<String> placeholders = new ArrayList<>();
  private int next;
  private int operators;
  private int levels;
  private int problemAt = Integer.MAX_VALUE;
  private @Nullable String problem;

  /**
   * @param update whether the functions are those of an update expression
   */
  ExpressionReader(String text, boolean update) {
    if (text.isBlank()) {
      throw ExpressionException.invalid("The expression can not be empty;");
    }
    int bytes = ItemSize.utf8Bytes(text);
    if (bytes > TEXT_BYTES_MAX) {
      throw ExpressionException.invalid(
          "Expression size has exceeded the maximum allowed size; expression size: " + bytes);
    }
    this.text = text;
    this.tokens = Token.all(text);
    this.update = update;
  }

  Token peek() {
    return tokens.get(next);
  }

  boolean at(Token.Kind kind) {
    return peek().kind() == kind;
  }

  Token take() {
    Token token = peek();
    if (token.kind() != Token.Kind.END) {
      next++;
    }
    return token;
  }

  boolean accept(Token.Kind kind) {
    boolean found = at(kind);
    if (found) {
      take();
    }
    return found;
  }

  Token expect(Token.Kind kind) {
    if (!at(kind)) {
      throw unexpected();
    }
    return take();
  }

  /** The grammar knows no way on from here. Quotes the token and its neighbours. */
  ExpressionException unexpected() {
    Token token = peek();
    Token before = tokens.get(Math.max(next - 1, 0));
    Token after = tokens.get(Math.min(next + 1, tokens.size() - 1));
    int end = lastWithText(before, token, after).end();
    return ExpressionException.invalid(
        "Syntax error; token: \""
            + token.text()
            + "\", near: \""
            + text.substring(before.start(), end)
            + "\"");
  }

  private static Token lastWithText(Token before, Token token, Token after) {
    if (after.kind() != Token.Kind.END) {
      return after;
    }
    return token.kind() != Token.Kind.END ? token : before;
  }

  /** Keeps the problem that stands first in the text; the reading goes on. */
  void note(int at, String detail) {
    if (problem == null || at < problemAt) {
      problem = detail;
      problemAt = at;
    }
  }

  /** Ends the reading: nothing may follow, and nothing forbidden was met. */
  void finish() {
    if (!at(Token.Kind.END)) {
      throw unexpected();
    }
    if (problem != null) {
      throw ExpressionException.invalid(problem);
    }
  }

  void countOperator() {
    operators++;
    if (operators > OPERATORS_MAX) {
      throw ExpressionException.invalid(
          problem != null
              ? problem
              : "The expression contains too many operators; operator count: " + operators);
    }
  }

  /** Takes the opening parenthesis of a group. */
  void openGroup() {
    expect(Token.Kind.OPEN);
    levels++;
    if (levels > LEVELS_MAX) {
      throw redundantParentheses();
    }
  }

  /** Takes the closing parenthesis; a group may not hold another group and nothing else. */
  Syntax.Group closeGroup(Syntax inner) {
    expect(Token.Kind.CLOSE);
    levels--;
    if (inner instanceof Syntax.Group) {
      throw redundantParentheses();
    }
    return new Syntax.Group(inner);
  }

  private static ExpressionException redundantParentheses() {
    return ExpressionException.invalid("The expression has redundant parentheses;");
  }

  /** A path, a placeholder or a call, perhaps in parentheses. */
  Syntax.Term operand() {
    return termOf(operandOrGroup());
  }

  private Syntax operandOrGroup() {
    if (!at(Token.Kind.OPEN)) {
      return bareOperand();
    }
    openGroup();
    return closeGroup(operandOrGroup());
  }

  /** As {@link #operand} without parentheses. */
  Syntax.Term bareOperand() {
    if (at(Token.Kind.VALUE)) {
      return valueOf();
    }
    if (atCall()) {
      Syntax.Call call = call();
      requireOperand(call);
      return call;
    }
    return path();
  }

  /** The term inside any parentheses; refuses clauses, at the token that wanted a term. */
  Syntax.Term termOf(Syntax syntax) {
    return switch (syntax) {
      case Syntax.Term term -> term;
      case Syntax.Group(var inner) -> termOf(inner);
      case Syntax.Clause _, Syntax.Arithmetic _ -> throw unexpected();
    };
  }

  Syntax.ValueOf valueOf() {
    String placeholder = expect(Token.Kind.VALUE).text();
    placeholders.add(placeholder);
    return new Syntax.ValueOf(placeholder);
  }

  boolean atCall() {
    return at(Token.Kind.NAME) && tokens.get(next + 1).kind() == Token.Kind.OPEN;
  }

  Syntax.Call call() {
    Token name = expect(Token.Kind.NAME);
    Function function = Function.named(name.text());
    if (function == null) {
      note(name.start(), "Invalid function name; function: " + name.text());
      function = Function.SIZE; // The noted problem ends the reading, whatever stands here.
    }
    requireLanguage(function, name);
    countOperator();
    expect(Token.Kind.OPEN);
    List<Syntax.Term> operands = list();
    expect(Token.Kind.CLOSE);
    if (function == Function.LIST_APPEND) {
      operands.forEach(this::requireNoListAppend);
    }
    return new Syntax.Call(function, operands, name.start());
  }

  /** One operand or more, with commas between. */
  List<Syntax.Term> list() {
    List<Syntax.Term> operands = new ArrayList<>();
    do {
      operands.add(operand());
    } while (accept(Token.Kind.COMMA));
    return operands;
  }

  private void requireLanguage(Function function, Token name) {
    boolean forUpdate = function.place() == Function.Place.UPDATE;
    if (forUpdate != update) {
      note(
          name.start(),
          "The function is not allowed in "
              + (update ? "an update" : "a condition")
              + " expression; function: "
              + function.word());
    }
  }

  private void requireOperand(Syntax.Call call) {
    if (call.function().place() == Function.Place.CONDITION) {
      noteMisplaced(call);
    }
  }

  private void requireNoListAppend(Syntax.Term operand) {
    if (operand instanceof Syntax.Call call && call.function() == Function.LIST_APPEND) {
      noteMisplaced(call);
    }
  }

  void noteMisplaced(Syntax.Call call) {
    note(
        call.at(),
        "The function is not allowed to be used this way in an expression; function: "
            + call.function().word());
  }

  Syntax.Path path() {
    List<Syntax.Step> steps = new ArrayList<>();
    steps.add(name());
    while (true) {
      if (accept(Token.Kind.DOT)) {
        steps.add(name());
      } else if (accept(Token.Kind.OPEN_INDEX)) {
        steps.add(index());
        expect(Token.Kind.CLOSE_INDEX);
      } else {
        return new Syntax.Path(steps);
      }
    }
  }

  private Syntax.Step name() {
    if (at(Token.Kind.ALIAS)) {
      String alias = take().text();
      aliases.add(alias);
      return new Syntax.Step.Alias(alias);
    }
    Token name = expect(Token.Kind.NAME);
    if (ReservedWords.contains(name.text())) {
      note(name.start(), "Attribute name is a reserved keyword; reserved keyword: " + name.text());
    }
    return new Syntax.Step.Plain(name.text());
  }

  private Syntax.Step index() {
    Token digits = expect(Token.Kind.INDEX);
    try {
      return new Syntax.Step.At(Integer.parseInt(digits.text()));
    } catch (NumberFormatException tooLarge) {
      note(
          digits.start(),
          "List index is not within the allowable range; index: [" + digits.text() + "]");
      return new Syntax.Step.At(Integer.MAX_VALUE);
    }
  }

  /** The {@code #name} placeholders in the order of the text, as often as they stand there. */
  List<String> aliases() {
    return List.copyOf(aliases);
  }

  /** The {@code :value} placeholders in the order of the text, as often as they stand there. */
  List<String> placeholders() {
    return List.copyOf(placeholders);
  }
}
