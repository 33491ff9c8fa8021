package dev.assay.infra;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The registry's metrics in the format that the scraper asks for: Prometheus text, or OpenMetrics
 * when the scraper prefers it. Any thread may ask.
 */
final class MetricsPage {
  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry;

  MetricsPage(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  byte[] write(String contentType) {
    return registry.scrape(contentType).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * The one of the two formats with the higher weight; OpenMetrics only if it is named, as whoever
   * takes anything expects the older one.
   *
   * @param accept the values of all Accept headers
   */
  static String choose(List<String> accept) {
    double openMetrics = 0;
    double text = 0;
    for (String value : accept) {
      for (String range : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = range.split(";", -1);
        switch (parts[0].strip()) {
          case "application/openmetrics-text" -> openMetrics = Math.max(openMetrics, weight(parts));
          case "text/plain", "text/*", "*/*" -> text = Math.max(text, weight(parts));
          default -> {
            // Another format, which is not offered.
          }
        }
      }
    }
    return openMetrics > 0 && openMetrics >= text ? OPEN_METRICS : PROMETHEUS;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException _) {
          return 0;
        }
      }
    }
    return 1;
  }
}
