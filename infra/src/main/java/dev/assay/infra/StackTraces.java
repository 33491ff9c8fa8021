package dev.assay.infra;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A throwable as text, for logs and for the report of an internal error. */
final class StackTraces {
  private StackTraces() {}

  static String of(Throwable thrown) {
    StringWriter text = new StringWriter();
    try (PrintWriter writer = new PrintWriter(text)) {
      thrown.printStackTrace(writer);
    }
    return text.toString();
  }
}
