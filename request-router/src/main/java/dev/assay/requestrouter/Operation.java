package dev.assay.requestrouter;

/**
 * One operation of the API. An instance serves all requests for it, from any thread; a request's
 * parameters live in a record that the operation reads from the body.
 *
 * <p>Each goes the same way: read all parameters, check them one by one ({@link Constraints}),
 * check them together, look up the table, check keys, ask partitions, write the answer.
 */
interface Operation {

  /** As in the target header. */
  String name();

  int bodySizeMax();

  /**
   * Reads the parameters and writes the answer's fields.
   *
   * @throws ApiException when the answer is an error
   */
  void run(JsonRequest request, JsonResponse response);
}
