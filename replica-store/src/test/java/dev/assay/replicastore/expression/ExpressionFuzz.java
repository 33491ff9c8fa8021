package dev.assay.replicastore.expression;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.assay.logformat.Item;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * No text and no item makes anything but an answer or an {@link ExpressionException}. A failure
 * names its seed; {@code -Dassay.fuzz.seed=N} runs that one again.
 */
class ExpressionFuzz {
  private static final int ROUNDS = 5_000;

  /**
   * Three quarters of what threads have: frames that are not compiled yet, and measured, are large.
   */
  private static final long SMALL_STACK_BYTES = 768 * 1024;

  private static long firstSeed;

  @BeforeAll
  static void chooseSeeds() {
    firstSeed = Long.getLong("assay.fuzz.seed", new Random().nextLong());
    System.out.println("ExpressionFuzz: -Dassay.fuzz.seed=" + firstSeed);
  }

  private interface Round {
    void run(Random random, Generators generators);
  }

  private static void rounds(int count, Round round) {
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      try {
        round.run(new Random(seed), new Generators(seed));
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void assertAnswered(String text) {
    for (Runnable parser : FuzzedTexts.parsers(text)) {
      try {
        parser.run();
      } catch (ExpressionException refused) {
        assertTrue(!refused.describe(ExpressionKind.UPDATE).isEmpty());
      } catch (RuntimeException | Error e) {
        fail(text, e);
      }
    }
  }

  @Test
  void wordsInAnyOrderAreAnswered() {
    rounds(ROUNDS, (random, _) -> assertAnswered(FuzzedTexts.words(random, 24)));
  }

  @Test
  void damagedExpressionsAreAnswered() {
    rounds(
        ROUNDS,
        (random, generators) -> {
          assertAnswered(FuzzedTexts.damaged(random, generators.condition(4)));
          assertAnswered(FuzzedTexts.damaged(random, generators.update()));
          assertAnswered(FuzzedTexts.damaged(random, generators.projection()));
        });
  }

  @Test
  void expressionsAreAppliedOrRefusedOnAnyItem() {
    rounds(
        ROUNDS,
        (_, generators) -> {
          Item item = generators.item();
          Usage usage = new Usage(Generators.BINDINGS);
          String condition = generators.condition(4);
          String update = generators.update();
          try {
            Condition.parse(condition).bind(usage).test(item);
            UpdateExpression.Bound bound = UpdateExpression.parse(update).bind(usage);
            Item after = bound.apply(item);
            bound.changedOnly(item);
            bound.changedOnly(after);
            assertTrue(ItemSize.of(after) >= 0);
          } catch (ExpressionException refused) {
            assertTrue(!refused.describe(ExpressionKind.UPDATE).isEmpty());
          } catch (RuntimeException | Error e) {
            fail(condition + " / " + update, e);
          }
        });
  }

  @Test
  void noTextOverflowsASmallStack() throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              rounds(ROUNDS / 20, (random, _) -> assertAnswered(FuzzedTexts.repeated(random)));
              for (String text : deepest()) {
                assertAnswered(text);
              }
            },
            "small stack",
            SMALL_STACK_BYTES);
    thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
    thread.start();
    thread.join();
    if (failure.get() != null) {
      fail(failure.get());
    }
  }

  private static String[] deepest() {
    return new String[] {
      "a<b" + " or (a<b".repeat(149) + ")".repeat(149),
      "(".repeat(149) + "a<b" + " or a<b)".repeat(149),
      "not (".repeat(299) + "a<b" + ")".repeat(299),
      "SET a = " + "if_not_exists(a,".repeat(240) + ":n" + ")".repeat(240),
      "a = " + "size((".repeat(298) + "a" + "))".repeat(298),
      "(".repeat(4096),
      "a" + ".a".repeat(2047),
      "REMOVE a" + "[0]".repeat(1362),
    };
  }
}
