package dev.assay.infra;

import java.util.List;

/** Writes what people read about the configuration from the tables of keys. */
final class ConfigurationPages {
  private static final int WIDTH = 96;

  private ConfigurationPages() {}

  static String page() {
    return """
    # Configuration

    `assay node` and `assay router` take a YAML file with `--config FILE`. `assay up` and
    `assay demo` need none.

    Keys are dotted names (`node.name: node-a`); nested maps that spell the same path mean the
    same. Durations and sizes have units (`250ms`, `10s`, `64MiB`). Relative paths are relative to
    the working directory. Anchors, aliases and tags are not taken. A file with an unknown key, a
    key that comes twice or a value that is not allowed is refused, with every problem and its
    line, and exit code 2.

    This page and the example files `infra/src/main/dist/node.yaml` and
    `infra/src/main/dist/router.yaml` are made from the tables that the program itself reads; a
    test compares them.

    ## Keys of a node

    %s
    ## Keys of a router

    %s\
    """
        .formatted(keys(NodeConfig.KEYS), keys(RouterConfig.KEYS).stripTrailing() + "\n");
  }

  private static String keys(List<ConfigKey<?>> keys) {
    StringBuilder text = new StringBuilder();
    for (ConfigKey<?> key : keys) {
      text.append("### `").append(key.name()).append("`\n\n");
      text.append(wrap("", key.description())).append('\n');
      text.append(wrap("", "Takes " + key.type().allowed() + ". " + otherwise(key))).append('\n');
    }
    return text.toString();
  }

  private static String otherwise(ConfigKey<?> key) {
    if (key.isRequired()) {
      return "Has to be set.";
    }
    return key.fallback() == null
        ? "Default: " + key.otherwise() + "."
        : "Default: `" + key.otherwise() + "`.";
  }

  static String nodeExample() {
    return """
    # One node of a cluster of three: assay node --config FILE
    # Lines with a key behind "#" show the default, or an example where the default follows from
    # other keys.

    %s\
    """
        .formatted(example(NodeConfig.KEYS));
  }

  static String routerExample() {
    return """
    # A router of a cluster of three: assay router --config FILE
    # Lines with a key behind "#" show the default, or an example where the default follows from
    # other keys.

    %s\
    """
        .formatted(example(RouterConfig.KEYS));
  }

  private static String example(List<ConfigKey<?>> keys) {
    StringBuilder text = new StringBuilder();
    for (ConfigKey<?> key : keys) {
      text.append(text.isEmpty() ? "" : "\n");
      text.append(wrap("# ", key.description()));
      text.append(wrap("# ", "Takes " + key.type().allowed() + ". " + plain(otherwise(key))));
      String space = key.example().startsWith("\n") ? "" : " ";
      text.append(key.isRequired() ? "" : "# ");
      text.append(key.name()).append(':').append(space).append(key.example()).append('\n');
    }
    return text.toString();
  }

  private static String plain(String markdown) {
    return markdown.replace("`", "");
  }

  private static String wrap(String prefix, String text) {
    StringBuilder lines = new StringBuilder();
    StringBuilder line = new StringBuilder(prefix);
    for (String word : text.split(" ", -1)) {
      if (line.length() > prefix.length() && line.length() + 1 + word.length() > WIDTH) {
        lines.append(line).append('\n');
        line = new StringBuilder(prefix);
      }
      line.append(line.length() > prefix.length() ? " " : "").append(word);
    }
    return lines.append(line).append('\n').toString();
  }
}
