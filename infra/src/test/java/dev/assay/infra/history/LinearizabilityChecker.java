package dev.assay.infra.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Judges whether a history of single-item operations is linearizable. Any thread may call.
 *
 * <p>Checks: for each key on its own (which suffices, because linearizability is local) whether the
 * operations can be put in one order such that an operation that returned before another was
 * invoked comes first, and each answer is right for the state that the order gives. An operation of
 * unknown outcome may be placed anywhere after its invocation, or left out.
 *
 * <p>Does not check: anything across keys, reads that are only eventually consistent, or whether an
 * operation that was reported as not done was rightly refused.
 */
public final class LinearizabilityChecker {
  private static final long CONFIGURATIONS_MAX = 500_000;

  private final long configurationsMax;

  public LinearizabilityChecker() {
    this(CONFIGURATIONS_MAX);
  }

  /**
   * @param configurationsMax how many partial orders of one key's operations are looked at before
   *     the answer is {@link Verdict.Indeterminate}
   */
  LinearizabilityChecker(long configurationsMax) {
    this.configurationsMax = configurationsMax;
  }

  public Verdict check(History history) {
    List<Verdict.Violation> violations = new ArrayList<>();
    List<String> undecided = new ArrayList<>();
    long configurations = 0;
    var byKey = history.byKey();
    for (Map.Entry<String, List<Operation>> entry : byKey.entrySet()) {
      switch (search(entry.getValue())) {
        case OrderSearch.Found found -> configurations += found.configurations();
        case OrderSearch.BoundHit() -> undecided.add(entry.getKey());
        case OrderSearch.None none ->
            violations.add(violation(entry.getKey(), entry.getValue(), none));
      }
    }
    if (!violations.isEmpty()) {
      return new Verdict.NotLinearizable(violations, undecided);
    }
    if (!undecided.isEmpty()) {
      return new Verdict.Indeterminate(undecided, configurationsMax);
    }
    return new Verdict.Linearizable(byKey.size(), history.operations().size(), configurations);
  }

  private OrderSearch.Result search(List<Operation> operations) {
    return new OrderSearch(operations, configurationsMax).run();
  }

  /**
   * Finds the answer that made the history wrong. What the clients had seen up to a moment is
   * linearizable if all of it is, so the first bad answer can be found by halving.
   */
  private Verdict.Violation violation(
      String key, List<Operation> operations, OrderSearch.None none) {
    List<Operation> answered =
        operations.stream()
            .filter(operation -> operation.returnedNs() != Operation.NEVER)
            .sorted(Comparator.comparingLong(Operation::returnedNs))
            .toList();
    int good = 0;
    int bad = answered.size();
    OrderSearch.None why = none;
    while (bad - good > 1) {
      int middle = (good + bad) >>> 1;
      if (search(until(answered.get(middle - 1).returnedNs(), operations))
          instanceof OrderSearch.None shorter) {
        bad = middle;
        why = shorter;
      } else {
        good = middle;
      }
    }
    return new Verdict.Violation(
        key, operations.size(), bad - 1, answered.get(bad - 1), why.deadEnds());
  }

  /** What the clients knew at a moment. */
  private static List<Operation> until(long atNs, List<Operation> operations) {
    List<Operation> known = new ArrayList<>();
    for (Operation operation : operations) {
      if (operation.invokedNs() <= atNs) {
        known.add(operation.returnedNs() <= atNs ? operation : operation.unanswered());
      }
    }
    return known;
  }
}
