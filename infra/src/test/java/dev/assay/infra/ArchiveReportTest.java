package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.archiver.AgentStatus;
import dev.assay.archiver.ArchiveFinding;
import dev.assay.archiver.ArchiveOptions;
import dev.assay.archiver.ArchiveVerification;
import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.logformat.Sha256;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A current archive is silent; what is behind, too long or wrong is said, and worst first. */
class ArchiveReportTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Owner OWNER = new Owner("test", "notes", new UUID(1, 2), 0);

  private static AgentStatus agent(AgentStatus.State state, long tailSeconds, boolean tooLong) {
    return new AgentStatus(
        OWNER,
        state,
        state == AgentStatus.State.CURRENT ? "" : "in detail",
        41,
        2,
        Sha256.of(new byte[] {7}),
        50,
        1234,
        tailSeconds == 0 ? 0 : NOW - tailSeconds * 1000,
        tooLong,
        NOW,
        0,
        null);
  }

  private static ArchiveReport report(AgentStatus status, ArchiveFinding... findings) {
    return ArchiveReport.of(
        List.of(new ArchiveReport.Told("node-a", List.of(status), List.of(findings))),
        "the root",
        ArchiveOptions.DEFAULTS,
        NOW);
  }

  private static String text(ArchiveReport report) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    ArchiveText.print(report, out);
    out.flush();
    return text.toString();
  }

  @Test
  void currentArchiveIsSilent() {
    ArchiveReport report = report(agent(AgentStatus.State.CURRENT, 30, false));
    assertEquals(ArchiveReport.State.CURRENT, report.state());
    assertEquals(ExitCode.OK, report.exitCode());
    assertTrue(text(report).endsWith("errors: no known archive errors\n"), text(report));
    assertTrue(text(report).contains("2023-11-14T22:13:20Z"), text(report));
  }

  @Test
  void tailOlderThanItShouldGetIsBehind() {
    ArchiveReport report = report(agent(AgentStatus.State.RETRYING, 200, false));
    assertEquals(ArchiveReport.State.BEHIND, report.state());
    assertEquals(ExitCode.INCOMPLETE, report.exitCode());
    assertTrue(text(report).contains("agents: notes/0 on node-a: in detail"), text(report));
  }

  @Test
  void tailAboveItsBoundIsSaid() {
    ArchiveReport report = report(agent(AgentStatus.State.RETRYING, 200, true));
    assertEquals(ArchiveReport.State.TAIL_TOO_LONG, report.state());
    assertEquals(ExitCode.INCOMPLETE, report.exitCode());
  }

  @Test
  void findingIsWorseThanEverything() {
    ArchiveFinding finding =
        new ArchiveFinding(ArchiveFinding.Kind.FORKED, OWNER, 3, 9, "the/object", "the evidence");
    ArchiveReport report = report(agent(AgentStatus.State.FINDING, 200, true), finding);
    assertEquals(ArchiveReport.State.FINDING, report.state());
    assertEquals(ExitCode.FINDING, report.exitCode());
    assertTrue(
        text(report)
            .contains("errors: node-a: notes/0, positions 3 to 9: FORKED the/object: the evidence"),
        text(report));
    assertFalse(text(report).contains("no known archive errors"), text(report));
  }

  @Test
  void agentThatIsStuckIsAFindingEvenWithoutOne() {
    assertEquals(
        ArchiveReport.State.FINDING, report(agent(AgentStatus.State.FINDING, 0, false)).state());
  }

  @Test
  void withoutAnyAgentNothingIsCurrent() {
    ArchiveReport report =
        ArchiveReport.of(
            List.of(new ArchiveReport.Told("node-a", List.of(), List.of())),
            "the root",
            ArchiveOptions.DEFAULTS,
            NOW);
    assertEquals(ArchiveReport.State.BEHIND, report.state());
    assertEquals(ExitCode.INCOMPLETE, report.exitCode());
  }

  @Test
  void agentThatDoesNotKnowItsTailIsNotCurrent() {
    assertEquals(
        ArchiveReport.State.BEHIND, report(agent(AgentStatus.State.JOINING, 0, false)).state());
    assertEquals(
        ArchiveReport.State.BEHIND, report(agent(AgentStatus.State.STARTING, 0, false)).state());
  }

  @Test
  void reportSurvivesJson() throws Exception {
    ObjectMapper json = new ObjectMapper();
    ArchiveReport report = report(agent(AgentStatus.State.CURRENT, 30, false));
    assertEquals(report, json.readValue(json.writeValueAsBytes(report), ArchiveReport.class));
  }

  // ---- verifications

  private static ArchiveVerifyReport verified(ArchiveVerification.State state, boolean late) {
    ArchiveVerification verification =
        new ArchiveVerification(
            state,
            List.of(new ArchiveVerification.Range(OWNER, 0, 9, "the/object", state, "detail")),
            100,
            2);
    return ArchiveVerifyReport.of(verification, "the root", true, late);
  }

  @Test
  void exitOfAVerificationSaysWhatItCameTo() {
    assertEquals(ExitCode.OK, verified(ArchiveVerification.State.FOUND, false).exitCode());
    assertEquals(ExitCode.OK, verified(ArchiveVerification.State.DELAYED, false).exitCode());
    assertEquals(ExitCode.INCOMPLETE, verified(ArchiveVerification.State.DELAYED, true).exitCode());
    assertEquals(
        ExitCode.INCOMPLETE, verified(ArchiveVerification.State.UNCHECKED, false).exitCode());
    assertEquals(ExitCode.FINDING, verified(ArchiveVerification.State.LOST, false).exitCode());
    assertEquals(ExitCode.FINDING, verified(ArchiveVerification.State.CORRUPT, false).exitCode());
    assertEquals(ExitCode.FINDING, verified(ArchiveVerification.State.FORKED, false).exitCode());
  }

  @Test
  void uncheckedIsNeitherAnErrorNorAPass() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    ArchiveText.print(verified(ArchiveVerification.State.UNCHECKED, false), out);
    out.flush();
    assertTrue(text.toString().contains(" state: UNCHECKED"), text.toString());
    assertTrue(text.toString().contains("neither right nor wrong"), text.toString());
  }

  @Test
  void progressSaysHowMuchAndHowLong() {
    assertEquals("reading: looking what there is", ProgressLine.line("reading", 0, 0, 1));
    String half = ProgressLine.line("reading", 50 << 20, 100 << 20, 10_000_000_000L);
    assertTrue(half.contains(" 50%, 50.0 of 100.0 MiB, 10 s left"), half);
    assertFalse(ProgressLine.line("reading", 0, 100, 10_000_000_000L).contains("left"));
    assertTrue(ProgressLine.line("reading", 200, 100, 10_000_000_000L).contains("100%"));
  }
}
