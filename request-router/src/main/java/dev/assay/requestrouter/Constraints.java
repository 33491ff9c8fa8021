package dev.assay.requestrouter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The checks that DynamoDB makes on a request's parameters before it looks at what they mean. It
 * reports up to ten of them in one message, so they are collected here and thrown by {@link
 * #check}.
 *
 * <p>Names of parameters are as DynamoDB's messages have them: {@code tableName}, {@code
 * keySchema.1.member.attributeName}.
 */
final class Constraints {
  private static final int REPORTED_MAX = 10;
  private static final int TABLE_NAME_LENGTH_MIN = 3;
  private static final int TABLE_NAME_LENGTH_MAX = 255;
  private static final String NAME_PATTERN = "[a-zA-Z0-9_.-]+";

  private final List<String> failures = new ArrayList<>(0);

  void check() {
    if (!failures.isEmpty()) {
      throw ApiException.validation(
          failures.size()
              + (failures.size() == 1 ? " validation error" : " validation errors")
              + " detected: "
              + String.join("; ", failures));
    }
  }

  /** A parameter that {@link #notNull} has checked. */
  static <T> T checked(@Nullable T value) {
    return Objects.requireNonNull(value, "the constraints let an absent parameter through");
  }

  void notNull(@Nullable Object value, String name) {
    if (value == null) {
      fail("null", name, "Member must not be null");
    }
  }

  void tableName(@Nullable String value, String name) {
    notNull(value, name);
    if (value != null) {
      pattern(value, name);
      length(value.length(), value, name, TABLE_NAME_LENGTH_MIN, TABLE_NAME_LENGTH_MAX);
    }
  }

  /** As {@link #tableName}, for a parameter that may be absent: tables' and indexes' names. */
  void optionalName(@Nullable String value, String name) {
    if (value != null) {
      tableName(value, name);
    }
  }

  private void pattern(String value, String name) {
    if (!isName(value)) {
      fail(quoted(value), name, "Member must satisfy regular expression pattern: " + NAME_PATTERN);
    }
  }

  static boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '.'
              || c == '-';
      if (!allowed) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether a table may have this name, for names that are keys of a map. */
  static boolean isTableName(String text) {
    return text.length() >= TABLE_NAME_LENGTH_MIN
        && text.length() <= TABLE_NAME_LENGTH_MAX
        && isName(text);
  }

  void length(int length, Object value, String name, int min, int max) {
    if (length < min) {
      fail(quoted(value), name, "Member must have length greater than or equal to " + min);
    }
    if (length > max) {
      fail(quoted(value), name, "Member must have length less than or equal to " + max);
    }
  }

  void oneOf(@Nullable String value, String name, Collection<String> allowed) {
    if (value != null && !allowed.contains(value)) {
      fail(quoted(value), name, "Member must satisfy enum value set: " + allowed);
    }
  }

  void atLeast(@Nullable Long value, String name, long min) {
    if (value != null && value < min) {
      fail(quoted(value), name, "Member must have value greater than or equal to " + min);
    }
  }

  void atMost(@Nullable Long value, String name, long max) {
    if (value != null && value > max) {
      fail(quoted(value), name, "Member must have value less than or equal to " + max);
    }
  }

  void mapKeysAreTableNames(Collection<String> keys, String name) {
    for (String key : keys) {
      if (!isTableName(key)) {
        fail(
            quoted(keys),
            name,
            "Map keys must satisfy constraint: [Member must have length less than or equal to "
                + TABLE_NAME_LENGTH_MAX
                + ", Member must have length greater than or equal to "
                + TABLE_NAME_LENGTH_MIN
                + ", Member must satisfy regular expression pattern: "
                + NAME_PATTERN
                + "]");
      }
    }
  }

  void fail(String value, String name, String constraint) {
    if (failures.size() < REPORTED_MAX) {
      failures.add(
          "Value " + value + " at '" + name + "' failed to satisfy constraint: " + constraint);
    }
  }

  static String quoted(Object value) {
    return "'" + Excerpt.of(value.toString()) + "'";
  }
}
