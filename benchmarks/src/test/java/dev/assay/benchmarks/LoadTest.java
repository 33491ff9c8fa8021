package dev.assay.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class LoadTest {

  @Test
  void eachKeyIsAskedForOnce() throws Exception {
    Set<Integer> asked = new ConcurrentSkipListSet<>();
    Load.Round round = Load.each(asked::add, 4, IntStream.range(0, 1000).toArray());
    assertEquals(1000, asked.size());
    assertEquals(1000, round.answers());
    assertEquals(0, round.errors());
  }

  @Test
  void failedRequestsAreCountedAndNotTimed() throws Exception {
    Load.Round round =
        Load.each(
            key -> {
              if (key % 10 == 0) {
                throw new IllegalStateException("planted");
              }
            },
            2,
            IntStream.range(0, 100).toArray());
    assertEquals(90, round.answers());
    assertEquals(90, round.ns().getTotalCount());
    assertEquals(10, round.errors());
  }
}
