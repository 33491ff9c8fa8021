package dev.assay.infra.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LinearizabilityCheckerProperties {
  private static final long END_NS = 1_000_000;

  private static Verdict check(History history) {
    return new LinearizabilityChecker().check(history);
  }

  private static History with(History history, Operation... more) {
    List<Operation> operations = new ArrayList<>(history.operations());
    operations.addAll(List.of(more));
    return new History(operations);
  }

  private static Operation finalRead(String key, KeyState seen) {
    return new Operation(99, key, new Action.Read(), new Outcome.Done(seen), END_NS, END_NS + 1);
  }

  private static void refused(History history) {
    Verdict verdict = check(history);
    assertInstanceOf(Verdict.NotLinearizable.class, verdict, verdict::report);
  }

  @Property(tries = 300)
  void historyOfCorrectRegisterIsAccepted(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int clients) {
    SimulatedRegister register =
        new SimulatedRegister(new Random(seed), 0.1, 0.7, SimulatedRegister::anyAction);
    Verdict verdict = check(register.run(clients, 3, 150));
    assertInstanceOf(Verdict.Linearizable.class, verdict, verdict::report);
  }

  @Property(tries = 200)
  void neverWrittenNumberInAnyAnswerIsRefused(@ForAll long seed) {
    Random random = new Random(seed);
    History history =
        new SimulatedRegister(random, 0.1, 1, SimulatedRegister::anyAction).run(8, 2, 100);
    List<Operation> operations = new ArrayList<>(history.operations());
    int at = random.nextInt(operations.size());
    Operation original = operations.get(at);
    Outcome wrong = altered(original.outcome(), KeyState.of(-5));
    operations.set(at, answeredWith(original, wrong));
    if (!wrong.equals(original.outcome())) {
      refused(new History(operations));
    }
  }

  @Property(tries = 200)
  void readOfOverwrittenNumberAtTheEndIsRefused(@ForAll long seed) {
    History history =
        new SimulatedRegister(
                new Random(seed),
                0,
                0.5,
                (random, serial) ->
                    random.nextBoolean() ? new Action.Read() : new Action.Put(1000 + serial))
            .run(6, 1, 80);
    List<Operation> puts =
        history.operations().stream()
            .filter(operation -> operation.action() instanceof Action.Put)
            .toList();
    for (Operation old : puts) {
      boolean overwritten = puts.stream().anyMatch(put -> put.invokedNs() > old.returnedNs());
      if (overwritten && old.action() instanceof Action.Put(long number)) {
        refused(with(history, finalRead("k0", KeyState.of(number))));
        return;
      }
    }
  }

  @Property(tries = 200)
  void counterThatIsOffByOneIsRefused(@ForAll long seed, @ForAll boolean tooMany) {
    History history =
        new SimulatedRegister(
                new Random(seed),
                0,
                0.3,
                (random, _) -> random.nextBoolean() ? new Action.Read() : new Action.Add(1))
            .run(6, 1, 60);
    long total =
        history.operations().stream()
            .filter(operation -> operation.action() instanceof Action.Add)
            .count();
    Verdict right = check(with(history, finalRead("k0", KeyState.of(total))));
    assertInstanceOf(Verdict.Linearizable.class, right, right::report);
    refused(with(history, finalRead("k0", KeyState.of(tooMany ? total + 1 : total - 1))));
  }

  @Property(tries = 4000)
  void verdictIsThatOfTryingEveryOrder(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int operations) {
    History history = arbitraryHistory(new Random(seed), operations);
    assertEquals(
        EveryOrder.explains(history),
        check(history) instanceof Verdict.Linearizable,
        () -> check(history).report() + "\n" + history);
  }

  @Property(tries = 4000)
  void verdictOnAlteredAnswerIsThatOfTryingEveryOrder(@ForAll long seed) {
    Random random = new Random(seed);
    List<Operation> operations =
        new ArrayList<>(
            new SimulatedRegister(random, 0.3, 0.4, LinearizabilityCheckerProperties::fewNumbers)
                .run(4, 1, 7)
                .operations());
    int at = random.nextInt(operations.size());
    Operation original = operations.get(at);
    KeyState other = random.nextInt(3) == 0 ? KeyState.ABSENT : KeyState.of(random.nextInt(3));
    operations.set(at, answeredWith(original, altered(original.outcome(), other)));
    History history = new History(operations);
    assertEquals(
        EveryOrder.explains(history),
        check(history) instanceof Verdict.Linearizable,
        () -> check(history).report() + "\n" + history);
  }

  private static Action fewNumbers(RandomGenerator random, int serial) {
    Action put = new Action.Put(random.nextInt(3));
    return switch (random.nextInt(6)) {
      case 0, 1 -> new Action.Read();
      case 2 -> put;
      case 3 -> new Action.Delete();
      case 4 -> new Action.Add(1);
      default -> new Action.If(KeyState.of(random.nextInt(3)), put);
    };
  }

  private static Outcome altered(Outcome outcome, KeyState seen) {
    return switch (outcome) {
      case Outcome.Done _ -> new Outcome.Done(seen);
      case Outcome.ConditionFailed _ -> new Outcome.ConditionFailed(seen);
      case Outcome.Unknown _, Outcome.NotDone _ -> outcome;
    };
  }

  private static Operation answeredWith(Operation operation, Outcome outcome) {
    return new Operation(
        operation.client(),
        operation.key(),
        operation.action(),
        outcome,
        operation.invokedNs(),
        operation.returnedNs());
  }

  /** Without regard for what a correct database would answer, but with few numbers. */
  private static History arbitraryHistory(Random random, int operations) {
    List<Operation> arbitrary = new ArrayList<>();
    for (int i = 0; i < operations; i++) {
      KeyState some = random.nextInt(3) == 0 ? KeyState.ABSENT : KeyState.of(random.nextInt(3));
      Action write =
          switch (random.nextInt(3)) {
            case 0 -> new Action.Put(random.nextInt(3));
            case 1 -> new Action.Delete();
            default -> new Action.Add(1);
          };
      Action action =
          switch (random.nextInt(3)) {
            case 0 -> new Action.Read();
            case 1 -> write;
            default -> new Action.If(some, write);
          };
      boolean told = action instanceof Action.Read || random.nextBoolean();
      KeyState seen = random.nextInt(3) == 0 ? KeyState.ABSENT : KeyState.of(random.nextInt(3));
      Outcome outcome = new Outcome.Done(told ? seen : null);
      if (random.nextInt(3) == 0) {
        outcome = new Outcome.Unknown();
      } else if (random.nextInt(8) == 0) {
        outcome = new Outcome.NotDone();
      } else if (action instanceof Action.If && random.nextBoolean()) {
        outcome = new Outcome.ConditionFailed(told ? seen : null);
      }
      long invoked = random.nextInt(10);
      long returned =
          outcome instanceof Outcome.Unknown ? Operation.NEVER : invoked + random.nextInt(6);
      arbitrary.add(new Operation(i, "k", action, outcome, invoked, returned));
    }
    return new History(arbitrary);
  }

  @Property(tries = 4)
  void longHistoryOfManyClientsTakesLittleWork(@ForAll long seed) {
    SimulatedRegister register =
        new SimulatedRegister(new Random(seed), 0.02, 1, SimulatedRegister::anyAction);
    Verdict verdict = check(register.run(32, 10, 8000));
    var accepted = assertInstanceOf(Verdict.Linearizable.class, verdict, verdict::report);
    assertTrue(accepted.configurations() < 200_000, verdict::report);
  }

  @Property(tries = 4)
  void wrongAnswerInLongHistoryIsFoundWithinTheBound(@ForAll long seed) {
    SimulatedRegister register =
        new SimulatedRegister(new Random(seed), 0.02, 1, SimulatedRegister::anyAction);
    History history = register.run(32, 10, 8000);
    refused(with(history, finalRead("k3", KeyState.of(-1))));
  }
}
