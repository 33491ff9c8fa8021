package dev.assay.replicastore.expression;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the grammar of updates.
 *
 * <pre>
 * update  = section+
 * section = SET path '=' value (',' path '=' value)*
 *         | REMOVE path (',' path)*
 *         | (ADD | DELETE) path placeholder (',' path placeholder)*
 * value   = unit (('+' | '-') operand)?
 * unit    = '(' value ')' | operand
 * </pre>
 */
final class UpdateParser {

  /**
   * @param aliases the {@code #name} placeholders, in the order of the text
   * @param placeholders the {@code :value} placeholders, in the order of the text
   */
  record Parsed(List<Syntax.Action> actions, List<String> aliases, List<String> placeholders) {}

  private static final Set<Token.Kind> SECTIONS =
      Set.of(Token.Kind.SET, Token.Kind.REMOVE, Token.Kind.ADD, Token.Kind.DELETE);

  private final ExpressionReader reader;
  private final List<Syntax.Action> actions = new ArrayList<>();

  private UpdateParser(ExpressionReader reader) {
    this.reader = reader;
  }

  static Parsed parse(String text) {
    ExpressionReader reader = new ExpressionReader(text, true);
    UpdateParser parser = new UpdateParser(reader);
    parser.sections();
    reader.finish();
    return new Parsed(List.copyOf(parser.actions), reader.aliases(), reader.placeholders());
  }

  private void sections() {
    Set<Token.Kind> seen = EnumSet.noneOf(Token.Kind.class);
    do {
      Token.Kind section = reader.peek().kind();
      if (!SECTIONS.contains(section)) {
        throw reader.unexpected();
      }
      reader.take();
      if (!seen.add(section)) {
        // Whatever else is wrong in the text is named before this.
        reader.note(
            Integer.MAX_VALUE,
            "The \"" + section + "\" section can only be used once in an update expression;");
      }
      do {
        actions.add(action(section));
      } while (reader.accept(Token.Kind.COMMA));
    } while (!reader.at(Token.Kind.END));
  }

  private Syntax.Action action(Token.Kind section) {
    Syntax.Path path = reader.path();
    if (section == Token.Kind.SET) {
      reader.expect(Token.Kind.EQUAL);
      return new Syntax.Action.Set(path, assigned(value()));
    }
    if (section == Token.Kind.REMOVE) {
      return new Syntax.Action.Remove(path);
    }
    Syntax.ValueOf operand = reader.valueOf();
    return section == Token.Kind.ADD
        ? new Syntax.Action.Add(path, operand)
        : new Syntax.Action.Delete(path, operand);
  }

  private Syntax value() {
    Syntax left = unit();
    if (!reader.at(Token.Kind.PLUS) && !reader.at(Token.Kind.MINUS)) {
      return left;
    }
    Syntax.Term term = reader.termOf(left);
    boolean plus = reader.take().kind() == Token.Kind.PLUS;
    reader.countOperator();
    return new Syntax.Arithmetic(plus, term, reader.operand());
  }

  private Syntax unit() {
    if (!reader.at(Token.Kind.OPEN)) {
      return reader.bareOperand();
    }
    reader.openGroup();
    return reader.closeGroup(value());
  }

  private Syntax.Assigned assigned(Syntax value) {
    return switch (value) {
      case Syntax.Assigned assigned -> assigned;
      case Syntax.Group(var inner) -> assigned(inner);
      case Syntax.Clause _ -> throw reader.unexpected();
    };
  }
}
