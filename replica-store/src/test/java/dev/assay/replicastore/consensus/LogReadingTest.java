package dev.assay.replicastore.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.consensus.EntryReader.EntriesDropped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a disk log reads of a log that consensus writes meanwhile is what was applied. */
@Execution(ExecutionMode.CONCURRENT)
class LogReadingTest {
  @TempDir Path folder;

  /** Log files of a few entries each. */
  private TestCluster cluster() throws IOException {
    TestCluster cluster =
        TestCluster.inProcess(folder, options -> options.withSizes(16 * 1024, 16 * 1024));
    cluster.startAll();
    return cluster;
  }

  private static void appendLarge(TestCluster cluster, String name, int count) {
    for (int i = 0; i < count; i++) {
      cluster.append(name + i + " " + "x".repeat(3000));
    }
  }

  private static List<String> readOn(EntryReader reader) throws IOException {
    List<String> read = new ArrayList<>();
    for (LogEntry entry = reader.next(); entry != null; entry = reader.next()) {
      read.add(describe(entry));
    }
    return read;
  }

  private static String describe(LogEntry entry) {
    return entry.lsn()
        + " "
        + entry.term()
        + " "
        + entry.kind()
        + " "
        + Arrays.hashCode(entry.payload());
  }

  private static void assertReads(TestCluster cluster, String node, List<String> read) {
    assertEquals(cluster.applier(node).history().subList(0, read.size()), read);
  }

  @Test
  void everyMemberReadsWhatItApplied() throws Exception {
    try (TestCluster cluster = cluster()) {
      appendLarge(cluster, "first ", 30);
      String leader = cluster.leader();
      cluster.group(leader).stepDown();
      TestCluster.await("another leader", () -> !leader.equals(cluster.leader()));
      long last = cluster.append("last");
      cluster.awaitAgreement(last);
      for (String node : cluster.nodes()) {
        assertTrue(cluster.logFiles(node).size() > 3, node);
        DiskLog log = cluster.group(node).diskLog();
        assertEquals(0, log.firstLsn());
        try (EntryReader reader = log.read(0)) {
          List<String> read = readOn(reader);
          assertTrue(read.size() > last, () -> node + " reads " + read.size());
          assertReads(cluster, node, read);
        }
      }
    }
  }

  @Test
  void aReaderKeepsUpWhileFilesAreClosedAndLeadersChange() throws Exception {
    try (TestCluster cluster = cluster()) {
      cluster.append("first");
      String node = cluster.leader();
      List<String> read = new ArrayList<>();
      try (EntryReader reader = cluster.group(node).diskLog().read(0)) {
        for (int i = 0; i < 30; i++) {
          read.addAll(readOn(reader));
          appendLarge(cluster, "round " + i + ", ", 1);
          if (i == 15) {
            cluster.group(node).stepDown();
          }
        }
        cluster.awaitAgreement(cluster.append("last"));
        read.addAll(readOn(reader));
      }
      assertTrue(read.size() > 30);
      assertReads(cluster, node, read);
    }
  }

  @Test
  void aLogIsReadAfterItsReplicaStoppedAndAfterARestart() throws Exception {
    try (TestCluster cluster = cluster()) {
      appendLarge(cluster, "entry ", 10);
      long last = cluster.append("last");
      cluster.awaitAgreement(last);
      String node = cluster.others(cluster.leader()).getFirst();
      Group stopped = cluster.group(node);
      cluster.stop(node);
      List<String> read;
      try (EntryReader reader = stopped.diskLog().read(0)) {
        read = readOn(reader);
        assertTrue(read.size() > 10, () -> "reads " + read.size());
        assertReads(cluster, node, read);
      }
      cluster.start(node);
      long more = cluster.append("more");
      cluster.awaitAgreement(more);
      try (EntryReader reader = cluster.group(node).diskLog().read(last)) {
        List<String> rest = readOn(reader);
        assertEquals(cluster.applier(node).history().subList((int) last, (int) more + 1), rest);
      }
    }
  }

  @Test
  void aReaderSaysThatEntriesWereDropped() throws Exception {
    try (TestCluster cluster = cluster()) {
      appendLarge(cluster, "entry ", 40);
      String node = cluster.leader();
      DiskLog log = cluster.group(node).diskLog();
      try (EntryReader reader = log.read(0)) {
        cluster.group(node).requestSnapshot();
        TestCluster.await("a purge of all that is closed", () -> files(cluster, node) == 1);
        assertThrows(EntriesDropped.class, reader::next);
      }
      long first = log.firstLsn();
      try (EntryReader reader = log.read(first)) {
        List<String> read = readOn(reader);
        assertEquals(
            cluster.applier(node).history().subList((int) first, (int) first + read.size()), read);
        assertTrue(!read.isEmpty());
      }
    }
  }

  private static int files(TestCluster cluster, String node) {
    try {
      return cluster.logFiles(node).size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
