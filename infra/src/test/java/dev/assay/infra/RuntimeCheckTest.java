package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class RuntimeCheckTest {
  private static final List<String> G1 =
      List.of("G1 Young Generation", "G1 Concurrent GC", "G1 Old Generation");
  private static final List<String> PARALLEL = List.of("PS MarkSweep", "PS Scavenge");

  @Test
  void aRuntimeThatCorruptsPinnedArraysIsRefusedByTheNameOfTheBug() {
    for (String version : List.of("25", "25.0.1", "25.0.2+10")) {
      String refusal = RuntimeCheck.refusal(Runtime.Version.parse(version), List.of(), G1);
      assertNotNull(refusal, version);
      assertEquals(true, refusal.contains("JDK-8377811"), refusal);
    }
  }

  @Test
  void theSameRuntimeWithAnotherCollectorIsTaken() {
    assertNull(RuntimeCheck.refusal(Runtime.Version.parse("25.0.1"), List.of(), PARALLEL));
  }

  @Test
  void laterRuntimesAreTaken() {
    for (String version : List.of("25.0.3+9", "25.1", "26")) {
      assertNull(RuntimeCheck.refusal(Runtime.Version.parse(version), List.of(), G1), version);
    }
  }

  @Test
  void compactObjectHeadersAreRefusedByTheNameOfTheBug() {
    String refusal =
        RuntimeCheck.refusal(
            Runtime.Version.parse("26"), List.of("-XX:+UseCompactObjectHeaders"), PARALLEL);
    assertNotNull(refusal);
    assertEquals(true, refusal.contains("JDK-8380060"), refusal);
  }
}
