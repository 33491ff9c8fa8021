package dev.assay.replicastore.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FileEnvelope;
import dev.assay.logformat.FileKind;
import dev.assay.logformat.FormatException;
import dev.assay.replicastore.consensus.LogPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingTest {
  private static final Finding FINDING =
      new Finding(
          TestLog.PARTITION,
          new LogPosition(17, 2),
          1_700_000_000_000L,
          "reading an item",
          "000008.sst",
          "block checksum mismatch, and a zero \u0000 and an ä");

  @TempDir Path folder;

  @Test
  void findingReadsBack() throws FormatException {
    assertEquals(FINDING, Finding.decode(FINDING.encode()));
  }

  @Test
  void findingKeepsItsBytes() throws FormatException {
    Finding finding =
        new Finding(
            TestLog.PARTITION, new LogPosition(17, 2), 258, "reading", "000008.sst", "bad block");
    assertEquals(
        "00000000000000070000000000000008"
            + "00000003"
            + "0000000000000011"
            + "0000000000000002"
            + "0000000000000102"
            + "0772656164696e67"
            + "0a3030303030382e737374"
            + "0962616420626c6f636b",
        HexFormat.of().formatHex(FileEnvelope.unwrap(FileKind.FINDING, 1, 1, finding.encode())));
  }

  @Test
  void messageSaysWhatWhereAndWhen() {
    String message = FINDING.toString();
    for (String part :
        List.of(
            TestLog.PARTITION.toString(),
            "reading an item",
            "position 17",
            "2023-11-14T22:13:20Z",
            "000008.sst",
            "block checksum mismatch")) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void findingsOfOneMomentAreAllKept() throws IOException {
    Findings findings = new Findings(folder.resolve("findings"));
    assertEquals(List.of(), findings.list());
    Path first = findings.keep(FINDING);
    Path second = findings.keep(FINDING);
    assertEquals(
        List.of(new Findings.Kept(FINDING, first), new Findings.Kept(FINDING, second)),
        findings.list());
  }

  @Test
  void damagedFindingIsNamed() throws IOException {
    Findings findings = new Findings(folder);
    Path file = findings.keep(FINDING);
    TestStore.flipBit(file, 40);
    IOException unreadable = assertThrows(IOException.class, findings::list);
    assertTrue(
        String.valueOf(unreadable.getMessage()).contains(file.toString()), unreadable.getMessage());
  }
}
