package dev.assay.infra.history;

import java.util.ArrayList;
import java.util.List;

/**
 * The definition of linearizability, tried out literally on one key: slow, and plain enough to
 * judge the checker by.
 */
final class EveryOrder {
  private EveryOrder() {}

  static boolean explains(History history) {
    return explains(history.operations(), KeyState.ABSENT);
  }

  private static boolean explains(List<Operation> rest, KeyState state) {
    if (rest.stream().allMatch(EveryOrder::mayBeLeftOut)) {
      return true;
    }
    for (Operation next : rest) {
      boolean inTime = rest.stream().noneMatch(other -> other.returnedNs() < next.invokedNs());
      if (inTime && next.explainedBy(state)) {
        List<Operation> others = new ArrayList<>(rest);
        others.remove(next);
        if (explains(others, next.after(state))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean mayBeLeftOut(Operation operation) {
    return operation.outcome() instanceof Outcome.Unknown
        || operation.outcome() instanceof Outcome.NotDone;
  }
}
