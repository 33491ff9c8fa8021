package dev.assay.infra;

import org.jspecify.annotations.Nullable;

/**
 * One key of a configuration file. Parsing, the page of documentation and the example files all
 * come from these.
 *
 * @param name the path of the key with dots
 * @param fallback what it is without being set; null when that depends on other keys, or when it
 *     has to be set
 * @param otherwise in words, what it is without being set; null when it has to be set
 * @param example a value as it may stand in a file
 * @param description one or two sentences
 */
record ConfigKey<T>(
    String name,
    ConfigType<T> type,
    @Nullable T fallback,
    @Nullable String otherwise,
    String example,
    String description) {

  static <T> ConfigKey<T> required(
      String name, ConfigType<T> type, String example, String description) {
    return new ConfigKey<>(name, type, null, null, example, description);
  }

  static <T> ConfigKey<T> optional(
      String name, ConfigType<T> type, String fallback, String description) {
    T value = type.parse(new YamlFile.Text(fallback, 0));
    if (value == null) {
      throw new IllegalArgumentException(fallback + " is no value of " + name);
    }
    return new ConfigKey<>(name, type, value, fallback, fallback, description);
  }

  /** Without being set, it follows from other keys or from the surroundings. */
  static <T> ConfigKey<T> derived(
      String name, ConfigType<T> type, String otherwise, String example, String description) {
    return new ConfigKey<>(name, type, null, otherwise, example, description);
  }

  boolean isRequired() {
    return otherwise == null;
  }
}
