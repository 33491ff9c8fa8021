package dev.assay.infra;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, as the jar's manifest has it. */
final class AssayVersion implements IVersionProvider {

  static String text() {
    String version = AssayVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "assay " + text(),
      "java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
    };
  }
}
