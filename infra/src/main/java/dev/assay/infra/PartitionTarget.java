package dev.assay.infra;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What a command is about, as it is typed: {@code TABLE[/PARTITION]}, or nothing for everything.
 *
 * @param table null for all
 * @param partition null for all of the table
 */
record PartitionTarget(@Nullable String table, @Nullable Integer partition) {

  static PartitionTarget parse(CommandSpec spec, @Nullable String whole) {
    if (whole == null) {
      return new PartitionTarget(null, null);
    }
    int slash = whole.lastIndexOf('/');
    if (slash < 0 && !whole.isEmpty()) {
      return new PartitionTarget(whole, null);
    }
    String number = whole.substring(slash + 1);
    if (slash <= 0 || !number.matches("0|[1-9][0-9]{0,8}")) {
      throw new ParameterException(
          spec.commandLine(), whole + " is not TABLE/PARTITION with a partition's number");
    }
    return new PartitionTarget(whole.substring(0, slash), Integer.valueOf(number));
  }

  /** Whether a partition is meant. */
  boolean includes(String ofTable, int number) {
    return (table == null || table.equals(ofTable)) && (partition == null || partition == number);
  }

  /** As in messages. */
  @Override
  public String toString() {
    return partition == null ? String.valueOf(table) : table + "/" + partition;
  }
}
