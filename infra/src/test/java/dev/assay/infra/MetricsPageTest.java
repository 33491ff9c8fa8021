package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsPageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/openmetrics-text",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "application/vnd.google.protobuf;q=0.7,application/openmetrics-text;q=0.6,text/plain;q=0.5",
        "text/plain;q=0.2, Application/OpenMetrics-Text"
      })
  void scraperThatPrefersOpenMetricsGetsIt(String accept) {
    assertEquals(MetricsPage.OPEN_METRICS, MetricsPage.choose(List.of(accept)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*/*",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=0.4,text/plain;q=0.5",
        "application/openmetrics-text;q=high",
        "application/json",
        ";;,,;q="
      })
  void everybodyElseGetsPrometheusText(String accept) {
    assertEquals(MetricsPage.PROMETHEUS, MetricsPage.choose(List.of(accept)));
  }

  @Test
  void missingAcceptMeansPrometheusText() {
    assertEquals(MetricsPage.PROMETHEUS, MetricsPage.choose(List.of()));
  }
}
