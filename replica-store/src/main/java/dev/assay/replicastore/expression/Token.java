package dev.assay.replicastore.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One word or sign of an expression's text, from {@code start} up to {@code end}. */
record Token(Kind kind, String text, int start, int end) {

  enum Kind {
    /** A bare attribute name or a function's name. */
    NAME,
    /** {@code #name}: stands for an attribute name. */
    ALIAS,
    /** {@code :value}: stands for a value. */
    VALUE,
    /** A list index: digits without a leading zero. */
    INDEX,
    SET,
    REMOVE,
    ADD,
    DELETE,
    AND,
    OR,
    NOT,
    BETWEEN,
    IN,
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    PLUS,
    MINUS,
    OPEN,
    CLOSE,
    OPEN_INDEX,
    CLOSE_INDEX,
    DOT,
    COMMA,
    UNKNOWN,
    END
  }

  private static final Map<String, Kind> KEYWORDS =
      Map.of(
          "SET", Kind.SET,
          "REMOVE", Kind.REMOVE,
          "ADD", Kind.ADD,
          "DELETE", Kind.DELETE,
          "AND", Kind.AND,
          "OR", Kind.OR,
          "NOT", Kind.NOT,
          "BETWEEN", Kind.BETWEEN,
          "IN", Kind.IN);
  private static final int KEYWORD_LENGTH_MAX = 7;

  /** Every text has tokens: what DynamoDB's language does not know is {@link Kind#UNKNOWN}. */
  static List<Token> all(String text) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
        continue;
      }
      Token token = startingAt(text, at);
      tokens.add(token);
      at = token.end();
    }
    tokens.add(new Token(Kind.END, "<EOF>", text.length(), text.length()));
    return tokens;
  }

  private static Token startingAt(String text, int start) {
    char c = text.charAt(start);
    if (isLetter(c)) {
      int end = endOfWord(text, start + 1);
      String word = text.substring(start, end);
      return new Token(kindOfWord(word), word, start, end);
    }
    if (c == '#' || c == ':') {
      int end = endOfWord(text, start + 1);
      if (end > start + 1) {
        return token(c == '#' ? Kind.ALIAS : Kind.VALUE, text, start, end);
      }
    }
    if (isDigit(c)) {
      int end = start + 1;
      while (c != '0' && end < text.length() && isDigit(text.charAt(end))) {
        end++;
      }
      return token(Kind.INDEX, text, start, end);
    }
    return sign(text, start);
  }

  private static Token sign(String text, int start) {
    char after = start + 1 < text.length() ? text.charAt(start + 1) : ' ';
    return switch (text.charAt(start)) {
      case '<' ->
          after == '>'
              ? token(Kind.NOT_EQUAL, text, start, start + 2)
              : after == '='
                  ? token(Kind.LESS_OR_EQUAL, text, start, start + 2)
                  : token(Kind.LESS, text, start, start + 1);
      case '>' ->
          after == '='
              ? token(Kind.GREATER_OR_EQUAL, text, start, start + 2)
              : token(Kind.GREATER, text, start, start + 1);
      case '=' -> token(Kind.EQUAL, text, start, start + 1);
      case '+' -> token(Kind.PLUS, text, start, start + 1);
      case '-' -> token(Kind.MINUS, text, start, start + 1);
      case '(' -> token(Kind.OPEN, text, start, start + 1);
      case ')' -> token(Kind.CLOSE, text, start, start + 1);
      case '[' -> token(Kind.OPEN_INDEX, text, start, start + 1);
      case ']' -> token(Kind.CLOSE_INDEX, text, start, start + 1);
      case '.' -> token(Kind.DOT, text, start, start + 1);
      case ',' -> token(Kind.COMMA, text, start, start + 1);
      default -> token(Kind.UNKNOWN, text, start, text.offsetByCodePoints(start, 1));
    };
  }

  private static Token token(Kind kind, String text, int start, int end) {
    return new Token(kind, text.substring(start, end), start, end);
  }

  private static Kind kindOfWord(String word) {
    return word.length() > KEYWORD_LENGTH_MAX
        ? Kind.NAME
        : KEYWORDS.getOrDefault(word.toUpperCase(Locale.ROOT), Kind.NAME);
  }

  private static int endOfWord(String text, int from) {
    int end = from;
    while (end < text.length() && isWordPart(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isWordPart(char c) {
    return isLetter(c) || isDigit(c) || c == '_';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
