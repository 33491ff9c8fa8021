package dev.assay.infra.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of one key's operations that explains every answer. One thread, one run.
 *
 * <p>The search is the one of Wing and Gong with Lowe's memory: depth first over partial orders,
 * and a pair of (operations placed, state) is never looked at twice. Three facts keep it small, and
 * none of them loses an answer:
 *
 * <ul>
 *   <li>An operation that may come next, is explained, and would change nothing wherever it came,
 *       can come next at once: moving it forward in any order disturbs nobody.
 *   <li>An operation of unknown outcome is placed only directly before one that needs it: if the
 *       next one were explained without it, with the same result, it could be left out.
 *   <li>Of operations of unknown outcome that do the same, the one invoked first is used first.
 * </ul>
 */
final class OrderSearch {
  private static final int DEAD_ENDS_MAX = 3;

  /** What came out. */
  sealed interface Result {}

  record Found(long configurations) implements Result {}

  record None(List<Verdict.DeadEnd> deadEnds) implements Result {}

  record BoundHit() implements Result {}

  /** The operations with an answer, by invocation. All of them have to be placed. */
  private final List<Operation> answered;

  /** The writes of unknown outcome, by invocation. They may be placed. */
  private final List<Operation> unknown;

  /** For each of {@link #unknown}, the one before it that does the same, or -1. */
  private final int[] sameBefore;

  private final long configurationsMax;
  private final Set<Configuration> seen = new HashSet<>();
  private final Deque<Node> open = new ArrayDeque<>();
  private final List<Node> longest = new ArrayList<>();

  OrderSearch(List<Operation> operations, long configurationsMax) {
    this.configurationsMax = configurationsMax;
    this.answered = new ArrayList<>();
    this.unknown = new ArrayList<>();
    for (Operation operation : byInvocation(operations)) {
      switch (operation.outcome()) {
        case Outcome.Done _, Outcome.ConditionFailed _ -> answered.add(operation);
        case Outcome.Unknown() -> {
          if (!(operation.action() instanceof Action.Read)) {
            unknown.add(operation);
          }
        }
        case Outcome.NotDone() -> {}
      }
    }
    this.sameBefore = new int[unknown.size()];
    Map<Action, Integer> last = new HashMap<>();
    for (int i = 0; i < unknown.size(); i++) {
      Integer before = last.put(unknown.get(i).action(), i);
      sameBefore[i] = before == null ? -1 : before;
    }
  }

  private static List<Operation> byInvocation(List<Operation> operations) {
    return operations.stream().sorted(Comparator.comparingLong(Operation::invokedNs)).toList();
  }

  /**
   * What the rest of the search depends on: equal configurations have the same future.
   *
   * @param from everything in {@link #answered} before this is placed, and this one is not
   * @param placed relative to {@code from}
   * @param used which of {@link #unknown} are placed
   * @param state what the key holds
   * @param without what it held before the unknown operation that was placed last, while nothing
   *     has needed that operation yet; null otherwise
   */
  private record Configuration(
      int from, BitSet placed, BitSet used, KeyState state, @Nullable KeyState without) {}

  /** A configuration, and one way to it. */
  private record Node(Configuration configuration, @Nullable Step last, int count) {}

  private record Step(@Nullable Step before, Operation operation) {}

  Result run() {
    Configuration start = new Configuration(0, new BitSet(), new BitSet(), KeyState.ABSENT, null);
    reach(new Node(start, null, 0));
    while (!open.isEmpty()) {
      Node node = open.pop();
      if (node.count == answered.size()) {
        return new Found(seen.size());
      }
      if (seen.size() > configurationsMax) {
        return new BoundHit();
      }
      expand(node);
    }
    return new None(longest.stream().map(this::deadEnd).toList());
  }

  private void expand(Node node) {
    Configuration at = node.configuration;
    List<Integer> next = candidates(at);
    long boundNs = boundNs(at);
    for (int i = unknown.size() - 1; i >= 0; i--) {
      if (mayUse(at, i, boundNs)) {
        BitSet used = (BitSet) at.used.clone();
        used.set(i);
        Operation operation = unknown.get(i);
        KeyState state = operation.after(at.state);
        reach(
            new Node(
                new Configuration(at.from, at.placed, used, state, at.state),
                new Step(node.last, operation),
                node.count));
      }
    }
    next.sort(Comparator.comparingLong(i -> -answered.get(i).returnedNs()));
    for (int i : next) {
      Operation operation = answered.get(i);
      if (operation.explainedBy(at.state) && needed(at, operation)) {
        reach(place(node, i));
      }
    }
  }

  private boolean mayUse(Configuration at, int i, long boundNs) {
    Operation operation = unknown.get(i);
    return !at.used.get(i)
        && operation.invokedNs() <= boundNs
        && (sameBefore[i] < 0 || at.used.get(sameBefore[i]))
        && !operation.after(at.state).equals(at.state)
        && needed(at, operation);
  }

  /** Whether the unknown operation placed last, if nothing needed it yet, is needed by this one. */
  private static boolean needed(Configuration at, Operation operation) {
    return at.without == null
        || !operation.explainedBy(at.without)
        || !operation.after(at.without).equals(operation.after(at.state));
  }

  /**
   * Places everything that never changes anything, then remembers the configuration if it is new.
   */
  private void reach(Node node) {
    Node settled = node;
    for (int i = idle(settled.configuration); i >= 0; i = idle(settled.configuration)) {
      settled = place(settled, i);
    }
    if (seen.add(settled.configuration)) {
      open.push(settled);
      rememberIfLongest(settled);
    }
  }

  /** An operation that may come next, is explained, and never changes anything; -1 if none. */
  private int idle(Configuration at) {
    for (int i : candidates(at)) {
      Operation operation = answered.get(i);
      if (operation.neverChanges() && operation.explainedBy(at.state)) {
        return i;
      }
    }
    return -1;
  }

  private Node place(Node node, int index) {
    Configuration at = node.configuration;
    Operation operation = answered.get(index);
    BitSet placed = (BitSet) at.placed.clone();
    placed.set(index - at.from);
    int shift = placed.nextClearBit(0);
    BitSet shifted = shift == 0 ? placed : placed.get(shift, Math.max(shift, placed.length()));
    Configuration reached =
        new Configuration(at.from + shift, shifted, at.used, operation.after(at.state), null);
    return new Node(reached, new Step(node.last, operation), node.count + 1);
  }

  /** The answered operations that may come next: invoked before any unplaced one returned. */
  private List<Integer> candidates(Configuration at) {
    List<Integer> next = new ArrayList<>();
    long boundNs = Long.MAX_VALUE;
    for (int i = at.from; i < answered.size(); i++) {
      if (!at.placed.get(i - at.from)) {
        Operation operation = answered.get(i);
        if (operation.invokedNs() > boundNs) {
          break;
        }
        boundNs = Math.min(boundNs, operation.returnedNs());
        next.add(i);
      }
    }
    return next;
  }

  /** When the first unplaced operation returned: whatever comes next was invoked by then. */
  private long boundNs(Configuration at) {
    return candidates(at).stream()
        .mapToLong(i -> answered.get(i).returnedNs())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private void rememberIfLongest(Node node) {
    if (!longest.isEmpty() && node.count < longest.getFirst().count) {
      return;
    }
    if (!longest.isEmpty() && node.count > longest.getFirst().count) {
      longest.clear();
    }
    KeyState state = node.configuration.state;
    if (longest.size() < DEAD_ENDS_MAX
        && longest.stream().noneMatch(other -> other.configuration.state.equals(state))) {
      longest.add(node);
    }
  }

  private Verdict.DeadEnd deadEnd(Node node) {
    List<Operation> order = new ArrayList<>();
    for (Step step = node.last; step != null; step = step.before) {
      order.add(step.operation);
    }
    List<Operation> stuck = candidates(node.configuration).stream().map(answered::get).toList();
    return new Verdict.DeadEnd(order.reversed(), node.configuration.state, stuck);
  }
}
