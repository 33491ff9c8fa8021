package dev.assay.infra;

/** What an {@link AdminRoute} answers when it can't do as asked: a status and a sentence. */
final class AdminError extends Exception {
  private static final long serialVersionUID = 1L;
  private final int status;

  AdminError(int status, String message) {
    super(message);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException(status + " is not the status of an error");
    }
    this.status = status;
  }

  static AdminError badRequest(String message) {
    return new AdminError(400, message);
  }

  static AdminError notFound(String message) {
    return new AdminError(404, message);
  }

  static AdminError conflict(String message) {
    return new AdminError(409, message);
  }

  /** Not now, but perhaps later. */
  static AdminError unavailable(String message) {
    return new AdminError(503, message);
  }

  int status() {
    return status;
  }
}
