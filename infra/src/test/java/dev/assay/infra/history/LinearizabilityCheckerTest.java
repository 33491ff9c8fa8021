package dev.assay.infra.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.infra.history.Action.Add;
import dev.assay.infra.history.Action.Delete;
import dev.assay.infra.history.Action.If;
import dev.assay.infra.history.Action.Put;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  private static final KeyState ABSENT = KeyState.ABSENT;

  private static void accepted(Histories history) {
    Verdict verdict = new LinearizabilityChecker().check(history.build());
    assertInstanceOf(Verdict.Linearizable.class, verdict, verdict::report);
  }

  private static Verdict.Violation refused(Histories history) {
    Verdict verdict = new LinearizabilityChecker().check(history.build());
    var refused = assertInstanceOf(Verdict.NotLinearizable.class, verdict, verdict::report);
    assertEquals(1, refused.violations().size());
    assertEquals(List.of(), refused.undecided());
    return refused.violations().getFirst();
  }

  private static KeyState held(long number) {
    return KeyState.of(number);
  }

  /** What a broken database does. */
  @Nested
  class Refused {

    @Test
    void staleRead() {
      Verdict.Violation violation =
          refused(
              Histories.onOneKey()
                  .write(1, 0, 1, new Put(1))
                  .write(1, 2, 3, new Put(2))
                  .read(2, 4, 5, 1L)
                  .read(2, 6, 7, 2L));
      assertEquals(2, violation.prefix());
      assertEquals(new Action.Read(), violation.culprit().action());
      assertTrue(violation.report().contains("client 2, 4.000 to 5.000 ms: read, saw 1"));
      assertTrue(violation.report().contains("leaves the key with 2"), violation.report());
    }

    @Test
    void readOfNothingAfterPut() {
      refused(Histories.onOneKey().write(1, 0, 1, new Put(1)).read(2, 2, 3, null));
    }

    @Test
    void lostUpdate() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(0))
              .write(1, 2, 4, new Add(1))
              .write(2, 2, 4, new Add(1))
              .read(1, 5, 6, 1L));
    }

    @Test
    void twoConditionalPutsThatBothReplacedTheSame() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .write(1, 2, 9, new If(held(1), new Put(2)))
              .write(2, 2, 9, new If(held(1), new Put(3))));
    }

    @Test
    void readOfNeverWrittenValue() {
      Verdict.Violation violation =
          refused(Histories.onOneKey().write(1, 0, 1, new Put(1)).read(2, 0, 3, 99L));
      assertEquals(1, violation.prefix());
    }

    @Test
    void readOfRefusedWrite() {
      Verdict.Violation violation =
          refused(
              Histories.onOneKey()
                  .write(1, 0, 1, new Put(1))
                  .notDone(1, 2, 3, new Put(2))
                  .read(2, 4, 5, 2L));
      assertEquals(new Action.Read(), violation.culprit().action());
    }

    @Test
    void conditionThatSucceededOnStaleValue() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .write(1, 2, 3, new Put(2))
              .write(2, 4, 5, new If(held(1), new Put(3))));
    }

    @Test
    void conditionThatFailedOnStaleValue() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .write(1, 2, 3, new Put(2))
              .conditionFailed(2, 4, 5, new If(held(2), new Put(3)), held(1)));
    }

    @Test
    void conditionThatFailedAlthoughItHeld() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .conditionFailed(2, 2, 3, new If(held(1), new Put(3)), null));
    }

    @Test
    void failedConditionThatChangedTheItem() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .conditionFailed(2, 2, 3, new If(ABSENT, new Put(7)), held(1))
              .read(1, 4, 5, 7L));
    }

    @Test
    void writeSeenThenUnseen() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .write(1, 2, 20, new Put(2))
              .read(2, 3, 4, 2L)
              .read(3, 5, 6, 1L));
    }

    @Test
    void doubledIncrement() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Add(1))
              .write(1, 2, 3, new Add(1))
              .read(2, 4, 5, 3L));
    }

    @Test
    void unknownIncrementThatCountedTwice() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(10))
              .unknown(2, 2, new Add(1))
              .read(1, 3, 4, 11L)
              .read(1, 5, 6, 12L));
    }

    @Test
    void unknownWriteThatWasSeenAndLaterVanished() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .unknown(2, 2, new Put(2))
              .read(1, 3, 4, 2L)
              .read(3, 5, 6, 1L));
    }

    @Test
    void unknownWriteThatTookEffectBeforeItWasInvoked() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .read(1, 2, 3, 2L)
              .unknown(2, 4, new Put(2)));
    }

    @Test
    void resurrectedDelete() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .write(1, 2, 3, new Delete())
              .read(2, 4, 5, null)
              .read(2, 6, 7, 1L));
    }

    @Test
    void replacedImageThatWasNoLongerThere() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .done(1, 2, 3, new Put(2), held(1))
              .done(2, 4, 5, new Put(3), held(1)));
    }

    @Test
    void twoReadersWhoDisagreeOnTheOrderOfTwoWrites() {
      refused(
          Histories.onOneKey()
              .write(1, 0, 20, new Put(1))
              .write(2, 0, 20, new Put(2))
              .read(3, 1, 2, 1L)
              .read(3, 3, 4, 2L)
              .read(4, 1, 2, 2L)
              .read(4, 3, 4, 1L));
    }

    @Test
    void badKeyAmongGoodOnes() {
      Verdict.Violation violation =
          refused(
              new Histories("a")
                  .write(1, 0, 1, new Put(1))
                  .read(1, 2, 3, 1L)
                  .and(new Histories("b").write(1, 4, 5, new Put(1)).read(1, 6, 7, 5L))
                  .and(new Histories("c").read(1, 8, 9, null)));
      assertEquals("b", violation.key());
    }
  }

  /** What a correct database may do, however odd it looks. */
  @Nested
  class Accepted {

    @Test
    void emptyHistory() {
      accepted(Histories.onOneKey());
    }

    @Test
    void concurrentPutsInEitherOrder() {
      for (long last = 1; last <= 2; last++) {
        accepted(
            Histories.onOneKey()
                .write(1, 0, 9, new Put(1))
                .write(2, 0, 9, new Put(2))
                .read(3, 10, 11, last));
      }
    }

    @Test
    void readThatOverlapsPutSeesOldThenAnotherSeesNewThenOldReaderIsSlow() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .write(1, 2, 30, new Put(2))
              .read(2, 3, 25, 1L)
              .read(3, 10, 11, 2L)
              .read(3, 12, 13, 2L));
    }

    @Test
    void readOfPutThatHasNotReturned() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 50, new Put(1))
              .read(2, 1, 2, null)
              .read(2, 3, 4, 1L)
              .read(3, 5, 6, 1L));
    }

    @Test
    void operationsThatTouchInOneInstant() {
      accepted(Histories.onOneKey().write(1, 0, 5, new Put(1)).read(2, 5, 6, null));
    }

    @Test
    void chainOfConditionalPutsTakenOutOfInvocationOrder() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .done(2, 2, 20, new If(held(3), new Put(4)), held(3))
              .done(3, 3, 20, new If(held(2), new Put(3)), held(2))
              .done(4, 4, 20, new If(held(1), new Put(2)), held(1))
              .conditionFailed(5, 5, 20, new If(held(9), new Put(10)), held(2))
              .read(1, 21, 22, 4L));
    }

    @Test
    void unknownWriteThatNeverHappened() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .unknown(2, 2, new Put(2))
              .read(1, 3, 4, 1L)
              .read(1, 5, 6, 1L));
    }

    @Test
    void unknownWriteThatHappenedMuchLater() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .unknown(2, 2, new Put(2))
              .read(1, 3, 4, 1L)
              .write(1, 5, 6, new Put(3))
              .read(1, 7, 8, 3L)
              .read(1, 9, 10, 2L));
    }

    @Test
    void unknownWriteExplainsFailedCondition() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .unknown(2, 2, new Put(2))
              .conditionFailed(1, 3, 4, new If(held(1), new Put(5)), null)
              .write(1, 5, 6, new Put(6))
              .read(1, 7, 8, 6L));
    }

    @Test
    void unknownWriteThatOnlyEnabledAnotherUnknownWrite() {
      accepted(
          Histories.onOneKey()
              .unknown(1, 0, new Put(1))
              .unknown(2, 1, new If(held(1), new Put(2)))
              .unknown(3, 2, new Add(5))
              .read(4, 3, 4, 7L));
    }

    @Test
    void unknownIncrementsOfWhichSomeHappened() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(0))
              .unknown(2, 2, new Add(1))
              .unknown(3, 2, new Add(1))
              .unknown(4, 2, new Add(1))
              .read(1, 3, 4, 2L)
              .write(1, 5, 6, new Add(10))
              .read(1, 7, 8, 13L));
    }

    @Test
    void unknownDeleteBetweenTwoReads() {
      accepted(
          Histories.onOneKey()
              .write(1, 0, 1, new Put(1))
              .unknown(2, 2, new Delete())
              .read(1, 3, 4, 1L)
              .read(1, 5, 6, null)
              .write(1, 7, 8, new Add(4))
              .read(1, 9, 10, 4L));
    }

    @Test
    void unansweredRead() {
      accepted(Histories.onOneKey().write(1, 0, 1, new Put(1)).unknown(2, 2, new Action.Read()));
    }
  }

  @Test
  void boundThatIsHitGivesIndeterminate() {
    Histories history = Histories.onOneKey();
    for (int client = 0; client < 12; client++) {
      history.write(client, 0, 10, new Put(client));
    }
    history.read(0, 11, 12, 99L);
    Verdict verdict = new LinearizabilityChecker(50).check(history.build());
    var undecided = assertInstanceOf(Verdict.Indeterminate.class, verdict);
    assertEquals(List.of("k"), undecided.undecided());
    assertTrue(verdict.report().startsWith("INDETERMINATE"));
  }

  @Test
  void violationIsReportedAlthoughAnotherKeyHitsTheBound() {
    Histories wide = new Histories("wide");
    for (int client = 0; client < 12; client++) {
      wide.write(client, 0, 10, new Put(client));
    }
    wide.read(0, 11, 12, 99L);
    Histories wrong = new Histories("wrong").write(1, 0, 1, new Put(1)).read(1, 2, 3, 2L);
    Verdict verdict = new LinearizabilityChecker(50).check(wide.and(wrong).build());
    var refused = assertInstanceOf(Verdict.NotLinearizable.class, verdict);
    assertEquals("wrong", refused.violations().getFirst().key());
    assertEquals(List.of("wide"), refused.undecided());
  }
}
