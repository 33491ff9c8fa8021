package dev.assay.infra.history;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What all clients saw, in any order. Every key held nothing at the start. Immutable. */
public record History(List<Operation> operations) {
  public History {
    operations = List.copyOf(operations);
  }

  /** The operations of each key, keys in order. */
  SortedMap<String, List<Operation>> byKey() {
    SortedMap<String, List<Operation>> byKey = new TreeMap<>();
    for (Operation operation : operations) {
      byKey.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
    }
    return byKey;
  }

  /** How many operations had an outcome of this type. */
  public long count(Class<? extends Outcome> outcome) {
    return operations.stream().filter(operation -> outcome.isInstance(operation.outcome())).count();
  }
}
