package dev.assay.infra.history;

import java.util.List;
import java.util.stream.Collectors;

/** What {@link LinearizabilityChecker} says of a history. Immutable. */
public sealed interface Verdict {

  /** In words, for a test's message. */
  String report();

  /**
   * Every key has an order that explains all answers.
   *
   * @param configurations how many partial orders were looked at: the work that it took
   */
  record Linearizable(int keys, int operations, long configurations) implements Verdict {
    @Override
    public String report() {
      return "linearizable: %d operations on %d keys (%d partial orders looked at)"
          .formatted(operations, keys, configurations);
    }
  }

  /**
   * At least one key has no such order.
   *
   * @param undecided keys for which the bound was hit, so that they may be wrong as well
   */
  record NotLinearizable(List<Violation> violations, List<String> undecided) implements Verdict {
    public NotLinearizable {
      violations = List.copyOf(violations);
      undecided = List.copyOf(undecided);
    }

    @Override
    public String report() {
      String text = violations.stream().map(Violation::report).collect(Collectors.joining("\n\n"));
      return undecided.isEmpty() ? text : text + "\n\nundecided as well: " + undecided;
    }
  }

  /** No key is known to be wrong, but these could not be judged within the bound. */
  record Indeterminate(List<String> undecided, long configurationsMax) implements Verdict {
    public Indeterminate {
      undecided = List.copyOf(undecided);
    }

    @Override
    public String report() {
      return "INDETERMINATE: more than %d partial orders of the operations on %s"
          .formatted(configurationsMax, undecided);
    }
  }

  /**
   * Where a key's history stops making sense.
   *
   * @param operations how many the key has
   * @param prefix how many had been answered when everything could still be explained
   * @param culprit the operation whose answer ended that
   * @param deadEnds the longest orders of the prefix and the culprit: each leads nowhere
   */
  record Violation(
      String key, int operations, int prefix, Operation culprit, List<DeadEnd> deadEnds) {
    public Violation {
      deadEnds = List.copyOf(deadEnds);
    }

    String report() {
      StringBuilder text = new StringBuilder();
      text.append("NOT LINEARIZABLE: key %s, %d operations.\n".formatted(key, operations));
      text.append(
          "The first %d answers can be explained, this next one can't:\n".formatted(prefix));
      text.append("  ").append(culprit.text()).append('\n');
      for (DeadEnd end : deadEnds) {
        text.append(end.report());
      }
      return text.toString().stripTrailing();
    }
  }

  /**
   * An order that can't be continued.
   *
   * @param order the operations that it places, first to last
   * @param state what the key holds after them
   * @param stuck those of which one would have to come next; none can
   */
  record DeadEnd(List<Operation> order, KeyState state, List<Operation> stuck) {
    private static final int SHOWN_MAX = 8;

    public DeadEnd {
      order = List.copyOf(order);
      stuck = List.copyOf(stuck);
    }

    String report() {
      StringBuilder text = new StringBuilder();
      int from = Math.max(0, order.size() - SHOWN_MAX);
      text.append("An order of %d operations, which ends with:\n".formatted(order.size()));
      for (Operation operation : order.subList(from, order.size())) {
        text.append("    ").append(operation.text()).append('\n');
      }
      text.append("  leaves the key with %s, and none of these can come next:\n".formatted(state));
      for (Operation operation : stuck) {
        text.append("    ").append(operation.text()).append('\n');
      }
      return text.toString();
    }
  }
}
