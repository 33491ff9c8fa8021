package dev.assay.infra;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A certificate or key that is there but can't be used. Says which file, why, and what to do. */
final class UnusableCertificates extends IOException {
  private static final long serialVersionUID = 1L;

  UnusableCertificates(Path file, String trouble, String whatToDo, @Nullable Throwable cause) {
    super(
        file + ": " + trouble + (cause == null ? "" : " (" + cause + ")") + ". " + whatToDo + ".",
        cause);
  }
}
