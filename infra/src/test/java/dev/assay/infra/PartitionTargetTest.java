package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

class PartitionTargetTest {
  private static PartitionTarget parse(@Nullable String text) {
    return PartitionTarget.parse(Assay.commandLine().getCommandSpec(), text);
  }

  @Test
  void nothingIsEverythingAndATableIsAllOfItsPartitions() {
    assertEquals(new PartitionTarget(null, null), parse(null));
    assertEquals(new PartitionTarget("notes", null), parse("notes"));
    assertEquals(new PartitionTarget("notes", 12), parse("notes/12"));
    assertTrue(parse(null).includes("notes", 3));
    assertTrue(parse("notes").includes("notes", 3));
    assertFalse(parse("notes").includes("other", 3));
    assertFalse(parse("notes/2").includes("notes", 3));
    assertEquals("notes/2", parse("notes/2").toString());
    assertEquals("notes", parse("notes").toString());
  }

  @Test
  void whatIsNoPartitionsNumberIsAMistakeOfUsage() {
    for (String wrong :
        List.of("", "/", "/0", "notes/", "notes/x", "notes/-1", "notes/01", "notes/1234567890")) {
      assertThrows(ParameterException.class, () -> parse(wrong), wrong);
    }
  }
}
