package dev.assay.infra;

import dev.assay.infra.ArchivedTables.Listed;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.KeyCodec;
import dev.assay.logformat.KeySchema;
import dev.assay.logformat.Value;
import dev.assay.referencebuilder.LineageBreak;
import dev.assay.referencebuilder.Partition;
import dev.assay.referencebuilder.Unprovable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one run found wrong, as it is told. Of the lineage breaks so many are kept that memory holds
 * them, and the others counted. Any thread may call.
 */
final class ReferenceFindings {
  static final int LINEAGE_BREAKS_MAX = 1000;

  private final List<Finding> findings = new ArrayList<>();
  private final List<Lineage> breaks = new ArrayList<>();
  private long beyond;

  /**
   * An object that is not what it should be, and what can't be proven because of it.
   *
   * @param lastLsn null when all positions from the first on can't be proven
   * @param detail what was expected, and what is there
   */
  record Finding(
      ReferenceState kind,
      String table,
      int partition,
      long firstLsn,
      @Nullable Long lastLsn,
      String object,
      String detail) {}

  /**
   * A mutation that did not find the item that it says it replaces.
   *
   * @param key in hexadecimal digits
   * @param attributes that the key was made of, as DynamoDB writes them; null when it is no key of
   *     the table
   * @param expected the digest of what the key held, by the archive
   * @param actual the one that the mutation names
   * @param node which evaluated the mutation
   */
  record Lineage(
      String table,
      int partition,
      long lsn,
      String key,
      @Nullable Map<String, Map<String, String>> attributes,
      String expected,
      String actual,
      String node) {}

  synchronized void add(Partition partition, Unprovable found) {
    findings.add(
        new Finding(
            ReferenceState.of(found.kind()),
            partition.table(),
            partition.partition(),
            found.firstLsn(),
            found.lastLsn() == Long.MAX_VALUE ? null : found.lastLsn(),
            found.object(),
            found.detail()));
  }

  synchronized void add(Listed listed, LineageBreak found) {
    if (breaks.size() == LINEAGE_BREAKS_MAX) {
      beyond++;
      return;
    }
    Partition partition = listed.partition();
    breaks.add(
        new Lineage(
            partition.table(),
            partition.partition(),
            found.lsn(),
            HexFormat.of().formatHex(found.key()),
            attributes(listed.keys(), partition.seed(), found.key()),
            found.expected().toString(),
            found.actual().toString(),
            found.node()));
  }

  private static @Nullable Map<String, Map<String, String>> attributes(
      KeySchema schema, long seed, byte[] key) {
    Map<String, Map<String, String>> attributes = new LinkedHashMap<>();
    try {
      new KeyCodec(schema, seed)
          .decode(key)
          .attributes()
          .forEach((name, value) -> attributes.put(name, written(value)));
      return attributes;
    } catch (FormatException e) {
      return null; // The hexadecimal digits say what it is.
    }
  }

  private static Map<String, String> written(Value value) {
    return switch (value) {
      case Value.Text(String text) -> Map.of("S", text);
      case Value.Num(var number) -> Map.of("N", number.toPlainString());
      case Value.Bin(byte[] bytes) -> Map.of("B", Base64.getEncoder().encodeToString(bytes));
      case Value.Bool _,
          Value.Null _,
          Value.ListOf _,
          Value.MapOf _,
          Value.TextSet _,
          Value.NumSet _,
          Value.BinSet _ ->
          throw new IllegalStateException("a key is made of texts, numbers and binaries");
    };
  }

  synchronized List<Finding> findings() {
    return List.copyOf(findings);
  }

  synchronized List<Lineage> lineageBreaks() {
    return List.copyOf(breaks);
  }

  /** How many lineage breaks were told beyond those that are kept. */
  synchronized long lineageBreaksBeyond() {
    return beyond;
  }
}
