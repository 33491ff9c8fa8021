package dev.assay.replicastore.consensus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.consensus.LogEntry.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RatisConsensusTest {
  @TempDir Path folder;

  @Test
  void everyMemberAppliesTheSameEntriesAtTheSamePositions() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      long last = 0;
      for (int i = 0; i < 20; i++) {
        last = cluster.append("entry " + i);
      }
      cluster.awaitAgreement(last);
      for (String node : cluster.nodes()) {
        List<LogEntry> entries = cluster.applier(node).entries();
        assertEquals(Kind.CONFIGURATION, entries.getFirst().kind());
        assertEquals(20, entries.stream().filter(entry -> entry.kind() == Kind.DATA).count());
      }
      assertEquals(List.of(), cluster.fatal);
      assertEquals(List.of(), cluster.findings);
    }
  }

  @Test
  void entriesAreAgreedOnOverSockets() throws Exception {
    try (TestCluster cluster = TestCluster.overSockets(folder, Map.of())) {
      cluster.startAll();
      cluster.appendMany("before ", 5);
      String first = cluster.leader();
      cluster.stop(first);
      cluster.append("between");
      cluster.start(first);
      cluster.awaitAgreement(cluster.append("after"));
      assertEquals(7, cluster.applier(first).payloads().size());
      assertEquals(List.of(), cluster.fatal);
    }
  }

  @Test
  void appendsOfOneThreadAreAppendedInTheirOrder() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      String leader = cluster.leader();
      List<CompletableFuture<Long>> appended = new ArrayList<>();
      List<String> payloads = new ArrayList<>();
      for (int i = 0; i < 4000; i++) {
        payloads.add("entry " + i);
        appended.add(cluster.group(leader).append(payloads.getLast().getBytes(UTF_8)));
      }
      long last = -1;
      int certain = 0;
      for (CompletableFuture<Long> each : appended) {
        try {
          long lsn = each.get(TestCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS);
          assertTrue(lsn > last);
          last = lsn;
          certain++;
        } catch (ExecutionException e) {
          // Another leader, on a busy machine: what is behind is not certain either, or not there.
          break;
        }
      }
      cluster.awaitAgreement(last);
      List<String> applied = cluster.applier(leader).payloads();
      assertTrue(applied.size() >= certain);
      assertEquals(payloads.subList(0, applied.size()), applied);
    }
  }

  @Test
  void anotherMemberLeadsWhenTheLeaderIsGone() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.appendMany("before ", 5);
      String first = cluster.leader();
      cluster.stop(first);
      long last = cluster.append("after");
      cluster.awaitAgreement(last);
      cluster.start(first);
      cluster.awaitAgreement(last);
      assertEquals(
          List.of("before 0", "before 1", "before 2", "before 3", "before 4", "after"),
          cluster.applier(first).payloads());
    }
  }

  @Test
  void aLeaderIsToldOnceEverythingBeforeItsTermIsApplied() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.appendMany("entry ", 3);
      String first = cluster.leader();
      cluster.stop(first);
      String second = cluster.leader();
      RecordingApplier applier = cluster.applier(second);
      TestCluster.await("leading", () -> applier.told().getLast().startsWith("leading "));
      long term = cluster.group(second).status().term();
      long own =
          applier.entries().stream().filter(entry -> entry.term() == term).findFirst().get().lsn();
      String[] words = applier.told().getLast().split(" ", -1);
      assertEquals(term, Long.parseLong(words[1]));
      assertTrue(Long.parseLong(words[3]) >= own, () -> applier.told() + " but " + own);
    }
  }

  @Test
  void aRestartGoesOnFromWhatIsDurable() throws Exception {
    try (TestCluster cluster = TestCluster.inProcess(folder)) {
      cluster.startAll();
      cluster.appendMany("one ", 30);
      cluster.awaitAgreement(cluster.append("end of one"));
      cluster.stopAll();
      cluster.nodes().forEach(node -> cluster.applier(node).loseWhatIsNotDurable());
      cluster.startAll();
      cluster.awaitAgreement(cluster.append("two"));
      assertEquals(32, cluster.applier("node-a").payloads().size());
      assertEquals(List.of(), cluster.fatal);
      assertEquals(List.of(), cluster.findings);
    }
  }
}
