package dev.assay.archiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ArchiveVerification.Range;
import dev.assay.archiver.ArchiveVerification.State;
import dev.assay.archiver.TestArchive.Cluster;
import dev.assay.archiver.TestArchive.Sealed;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** An archive of two partitions to tamper with, and how its one finding is asserted. */
abstract class TamperedArchive {
  static final Cluster OURS = Cluster.create();
  static final int SEGMENTS = 5;

  TestArchive archive = new TestArchive(OURS, 1);
  List<Sealed> first = List.of();
  List<Sealed> second = List.of();

  @BeforeEach
  void seal() throws IOException {
    seal(42);
  }

  void seal(long seed) throws IOException {
    archive = new TestArchive(OURS, seed);
    first = archive.seal(0, archive.frames(0, SEGMENTS));
    second = archive.seal(1, archive.frames(1, SEGMENTS));
  }

  ArchiveVerification verify(boolean deep) throws InterruptedException {
    return verifier()
        .verify(
            List.of(TestArchive.expected(first), TestArchive.expected(second)),
            deep,
            (_, _, _, _) -> {});
  }

  ArchiveVerifier verifier() {
    return new ArchiveVerifier(
        archive.store,
        OURS.authority().root(),
        InstantSource.fixed(TestArchive.NOW),
        Duration.ofSeconds(60));
  }

  static List<Range> findings(ArchiveVerification verification) {
    return verification.ranges().stream().filter(r -> r.state() != State.FOUND).toList();
  }

  /** Exactly one finding, on the whole of this segment. */
  void assertFinding(boolean deep, State state, Sealed at, String object, String words)
      throws InterruptedException {
    assertFinding(verify(deep), state, at, object, words);
  }

  static void assertFinding(
      ArchiveVerification verification, State state, Sealed at, String object, String words) {
    List<Range> findings = findings(verification);
    assertEquals(1, findings.size(), findings::toString);
    assertRange(findings.getFirst(), state, at, object, words);
    assertEquals(state, verification.state());
  }

  static void assertRange(Range range, State state, Sealed at, String object, String words) {
    assertTrue(range.detail().contains(words), range::toString);
    assertEquals(
        new Range(at.owner(), at.first(), at.last(), object, state, range.detail()), range);
  }

  static void assertFoundAround(ArchiveVerification verification, Sealed at) {
    for (Range range : verification.ranges()) {
      if (range.state() == State.FOUND && range.owner().equals(at.owner())) {
        assertTrue(range.lastLsn() < at.first() || range.firstLsn() > at.last(), range::toString);
      }
    }
  }
}
