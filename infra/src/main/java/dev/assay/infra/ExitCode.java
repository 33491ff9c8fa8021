package dev.assay.infra;

/** What the program's exit says. The numbers are a promise to scripts. */
enum ExitCode {
  OK(0),
  FINDING(1),
  USAGE(2),
  INCOMPLETE(3),
  NOT_FOUND(10),
  LOCKED(11),
  CREDENTIALS(12),
  INTERNAL(70),
  TIMEOUT(124),
  INTERRUPTED(130);

  final int number;

  ExitCode(int number) {
    this.number = number;
  }
}
