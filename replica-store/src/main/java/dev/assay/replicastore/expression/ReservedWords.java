package dev.assay.replicastore.expression;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The words that DynamoDB does not take as bare attribute names; a {@code #name} may stand for any
 * of them. The list is DynamoDB's, one upper-case word a line.
 */
final class ReservedWords {
  private static final String RESOURCE = "reserved-words.txt";
  private static final Set<String> WORDS = load();
  private static final int LENGTH_MAX = WORDS.stream().mapToInt(String::length).max().orElse(0);

  private ReservedWords() {}

  static boolean contains(String name) {
    return name.length() <= LENGTH_MAX && WORDS.contains(name.toUpperCase(Locale.ROOT));
  }

  static Set<String> all() {
    return WORDS;
  }

  private static Set<String> load() {
    try (InputStream in =
        Objects.requireNonNull(ReservedWords.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(RESOURCE, e);
    }
  }
}
