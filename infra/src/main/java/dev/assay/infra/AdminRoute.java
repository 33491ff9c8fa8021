package dev.assay.infra;

import org.jspecify.annotations.Nullable;

/**
 * One path of the HTTP API behind the command line. A GET only reads; whatever changes something is
 * a POST, because no web page can send one with a JSON content type unasked.
 *
 * @param get null when the path takes no GET
 * @param post null when the path takes no POST
 */
record AdminRoute(@Nullable Answerer get, @Nullable Answerer post) {

  /** Runs on the connection's virtual thread and may block; returns JSON. */
  @FunctionalInterface
  interface Answerer {
    byte[] answer(AdminRequest request) throws AdminError;
  }

  AdminRoute {
    if (get == null && post == null) {
      throw new IllegalArgumentException("a route answers GET, POST or both");
    }
  }

  static AdminRoute get(Answerer answerer) {
    return new AdminRoute(answerer, null);
  }

  static AdminRoute post(Answerer answerer) {
    return new AdminRoute(null, answerer);
  }

  AdminRoute andPost(Answerer answerer) {
    return new AdminRoute(get, answerer);
  }
}
