package dev.assay.infra;

import dev.assay.infra.YamlFile.Fields;
import dev.assay.infra.YamlFile.Items;
import dev.assay.infra.YamlFile.Text;
import dev.assay.infra.YamlFile.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the key {@code members}, which is the same list in the files of nodes and routers: who is
 * in the cluster, and where.
 */
final class MemberList {
  static final String EXAMPLE =
      "\n"
          + """
          - name: node-a
            consensus: 10.0.0.1:7000
            nodeCalls: 10.0.0.1:7001
          - name: node-b
            consensus: 10.0.0.2:7000
            nodeCalls: 10.0.0.2:7001
          - name: node-c
            consensus: 10.0.0.3:7000
            nodeCalls: 10.0.0.3:7001
          """
              .indent(2)
              .stripTrailing();
  static final ConfigType<Items> TYPE =
      new ConfigType<>(
          "a list of 1, or of 3 or more, members, each with name, consensus and nodeCalls",
          value -> value instanceof Items items ? items : null);

  private static final String NAME = "name";
  private static final String CONSENSUS = "consensus";
  private static final String NODE_CALLS = "nodeCalls";
  private static final List<String> FIELDS = List.of(NAME, CONSENSUS, NODE_CALLS);

  private final ConfigProblems problems;
  private final boolean consensusNeeded;
  private final Map<String, String> takenBy = new LinkedHashMap<>();

  /** As the file says; consensus is null only where it is not needed. */
  record Entry(String name, @Nullable HostPort consensus, HostPort nodeCalls) {}

  private MemberList(ConfigProblems problems, boolean consensusNeeded) {
    this.problems = problems;
    this.consensusNeeded = consensusNeeded;
  }

  /** The members without a problem; problems go to the reader's. */
  static List<Entry> read(ConfigReader in, ConfigKey<Items> key, boolean consensusNeeded) {
    Items items = in.find(key);
    if (items == null) {
      return List.of();
    }
    int count = items.items().size();
    if (count == 0 || count == 2) {
      in.problem(key, "members has %d members; it takes %s".formatted(count, TYPE.allowed()));
    }
    MemberList list = new MemberList(in.problems(), consensusNeeded);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Entry entry = list.entry("members[" + i + "]", items.items().get(i));
      if (entry != null) {
        entries.add(entry);
      }
    }
    return List.copyOf(entries);
  }

  private @Nullable Entry entry(String at, Value value) {
    if (!(value instanceof Fields member)) {
      problems.add(
          value.line(),
          "%s is %s; it takes a map of %s"
              .formatted(at, ConfigReader.inWords(value), String.join(", ", FIELDS)));
      return null;
    }
    member
        .fields()
        .forEach(
            (field, inner) -> {
              if (!FIELDS.contains(field)) {
                problems.add(
                    inner.line(),
                    "\"%s.%s\" is no key; did you mean %s?"
                        .formatted(at, field, ConfigReader.nearest(field, FIELDS)));
              }
            });
    String name = field(at, member, NAME, ConfigType.name(), true);
    HostPort consensus = field(at, member, CONSENSUS, ConfigType.address(), consensusNeeded);
    HostPort nodeCalls = field(at, member, NODE_CALLS, ConfigType.address(), true);
    requireUnique(at, member, NAME, name);
    requireUnique(at, member, CONSENSUS, consensus);
    requireUnique(at, member, NODE_CALLS, nodeCalls);
    if (name == null || nodeCalls == null || (consensus == null && consensusNeeded)) {
      return null;
    }
    return new Entry(name, consensus, nodeCalls);
  }

  private <T> @Nullable T field(
      String at, Fields member, String field, ConfigType<T> type, boolean needed) {
    Value value = member.fields().get(field);
    if (value == null) {
      if (needed) {
        problems.add(
            member.line(), "%s.%s is missing; it takes %s".formatted(at, field, type.allowed()));
      }
      return null;
    }
    T parsed = type.parse(value);
    if (parsed == null) {
      problems.add(
          value.line(),
          "%s.%s is %s; it takes %s"
              .formatted(at, field, ConfigReader.inWords(value), type.allowed()));
    }
    return parsed;
  }

  /** A name or an address belongs to one member, and an address to one use. */
  private void requireUnique(String at, Fields member, String field, @Nullable Object value) {
    if (value == null) {
      return;
    }
    String path = at + "." + field;
    String other = takenBy.putIfAbsent((field.equals(NAME) ? "name " : "") + value, path);
    if (other != null && member.fields().get(field) instanceof Text text) {
      problems.add(
          text.line(), "%s is \"%s\", as is %s; each is its own".formatted(path, value, other));
    }
  }
}
