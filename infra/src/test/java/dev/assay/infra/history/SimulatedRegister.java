package dev.assay.infra.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Makes histories as a correct database could give them: each operation takes effect at one moment
 * between its invocation and its return, at any later moment if its outcome is unknown, or never.
 * One thread.
 */
final class SimulatedRegister {
  private static final int DELAY_MAX = 100;

  private final RandomGenerator random;
  private final double unknownShare;
  private final double toldShare;
  private final ActionSource actions;

  /** Chooses what a client does next. */
  interface ActionSource {
    Action next(RandomGenerator random, int serial);
  }

  SimulatedRegister(
      RandomGenerator random, double unknownShare, double toldShare, ActionSource actions) {
    this.random = random;
    this.unknownShare = unknownShare;
    this.toldShare = toldShare;
    this.actions = actions;
  }

  /** Every kind of action; puts write numbers that nobody else writes. */
  static Action anyAction(RandomGenerator random, int serial) {
    KeyState guess =
        random.nextInt(4) == 0
            ? KeyState.ABSENT
            : KeyState.of(1000 + Math.max(0, serial - random.nextInt(6)));
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> new Action.Read();
      case 3, 4 -> new Action.Put(1000 + serial);
      case 5 -> new Action.Delete();
      case 6, 7 -> new Action.Add(1);
      case 8 -> new Action.If(guess, new Action.Put(1000 + serial));
      case 9 ->
          new Action.If(guess, random.nextBoolean() ? new Action.Add(1) : new Action.Delete());
      default -> throw new AssertionError();
    };
  }

  private record Planned(
      int client,
      String key,
      Action action,
      boolean unknown,
      long invoked,
      long effect,
      long end) {}

  History run(int clients, int keys, int operations) {
    List<Planned> plan = new ArrayList<>();
    long[] free = new long[clients];
    for (int serial = 0; serial < operations; serial++) {
      int client = random.nextInt(clients);
      long invoked = free[client] + random.nextInt(DELAY_MAX);
      boolean unknown = random.nextDouble() < unknownShare;
      long effect = invoked + random.nextInt(DELAY_MAX);
      if (unknown && random.nextBoolean()) {
        effect = random.nextBoolean() ? Long.MAX_VALUE : effect + 20L * random.nextInt(DELAY_MAX);
      }
      long end = unknown ? invoked + DELAY_MAX : effect + random.nextInt(DELAY_MAX);
      free[client] = end + 1;
      String key = "k" + random.nextInt(keys);
      plan.add(
          new Planned(client, key, actions.next(random, serial), unknown, invoked, effect, end));
    }
    plan.sort(Comparator.comparingLong(Planned::effect));
    Map<String, KeyState> states = new HashMap<>();
    List<Operation> seen = new ArrayList<>();
    for (Planned planned : plan) {
      seen.add(perform(planned, states));
    }
    return new History(seen);
  }

  private Operation perform(Planned planned, Map<String, KeyState> states) {
    Action action = planned.action;
    KeyState state = states.getOrDefault(planned.key, KeyState.ABSENT);
    if (planned.effect != Long.MAX_VALUE) {
      states.put(planned.key, action.after(state));
    }
    boolean told = action instanceof Action.Read || random.nextDouble() < toldShare;
    Outcome outcome;
    if (planned.unknown) {
      outcome = new Outcome.Unknown();
    } else if (action.conditionHolds(state)) {
      outcome = new Outcome.Done(told ? state : null);
    } else {
      outcome = new Outcome.ConditionFailed(told ? state : null);
    }
    long returned = planned.unknown ? Operation.NEVER : planned.end;
    return new Operation(planned.client, planned.key, action, outcome, planned.invoked, returned);
  }
}
