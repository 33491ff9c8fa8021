package dev.assay.replicastore.expression;

import java.util.List;
import java.util.Random;

/** Texts that look like expressions, most of them wrong somewhere. */
final class FuzzedTexts {
  private static final List<String> WORDS =
      List.of(
          "a",
          "b",
          "name",
          "#e",
          "#",
          ":n",
          ":s",
          ":l",
          ":",
          "0",
          "1",
          "01",
          "99999999999",
          "[",
          "]",
          "[0]",
          "(",
          ")",
          "((",
          "))",
          ".",
          ",",
          "=",
          "<>",
          "<",
          "<=",
          ">",
          ">=",
          "!=",
          "+",
          "-",
          "*",
          "AND",
          "or",
          "Not",
          "BETWEEN",
          "in",
          "SET",
          "remove",
          "ADD",
          "DELETE",
          "attribute_exists(",
          "attribute_not_exists(",
          "attribute_type(",
          "begins_with(",
          "contains(",
          "size(",
          "if_not_exists(",
          "list_append(",
          "f(",
          " ",
          "\t",
          "\n",
          "\"",
          "'",
          "\\",
          "_",
          "é",
          "\ud834",
          "\udd1e",
          "𝄞",
          "\u0000");

  private FuzzedTexts() {}

  /** What a hostile text can be given to. */
  static List<Runnable> parsers(String text) {
    Usage usage = new Usage(Generators.BINDINGS);
    return List.of(
        () -> Condition.parse(text).bind(usage).test(null),
        () -> UpdateExpression.parse(text).bind(usage).topLevelNames(),
        () -> Projection.parse(text).bind(usage).paths(),
        () -> KeyCondition.parse(text).bind(usage));
  }

  static String words(Random random, int lengthMax) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(lengthMax) + 1; i > 0; i--) {
      text.append(WORDS.get(random.nextInt(WORDS.size())));
      if (random.nextInt(3) != 0) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  /** A well-formed text with a few words put in, taken out or doubled. */
  static String damaged(Random random, String text) {
    StringBuilder damaged = new StringBuilder(text);
    for (int i = random.nextInt(3) + 1; i > 0 && !damaged.isEmpty(); i--) {
      int at = random.nextInt(damaged.length());
      switch (random.nextInt(3)) {
        case 0 -> damaged.insert(at, WORDS.get(random.nextInt(WORDS.size())));
        case 1 -> damaged.delete(at, Math.min(damaged.length(), at + random.nextInt(4) + 1));
        default -> damaged.insert(at, damaged.substring(random.nextInt(at + 1), at));
      }
    }
    return damaged.toString();
  }

  /** One short text again and again, up to the size limit: deep or long, whatever it is. */
  static String repeated(Random random) {
    String open = words(random, 4);
    String close = random.nextBoolean() ? "" : words(random, 2);
    int times =
        Math.max(1, ExpressionReader.TEXT_BYTES_MAX / Math.max(1, open.length() + close.length()));
    return open.repeat(times) + "a = b" + close.repeat(times);
  }
}
