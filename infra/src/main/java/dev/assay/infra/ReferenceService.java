package dev.assay.infra;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about references on the admin port: which there are, builds and checks, which
 * are started and then asked after. One run at a time.
 *
 * <p>What it says comes from the archive alone: nothing is asked of the nodes of this process but
 * the key that signs. Any thread may call.
 */
final class ReferenceService implements AutoCloseable {
  static final String STATUS = "/api/v1/reference/status";
  static final String BUILD = "/api/v1/reference/build";
  static final String CHECK = "/api/v1/reference/check";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final ReferenceParts parts;
  private final AdminRuns runs = new AdminRuns();

  /**
   * @param table null for all
   * @param partition null for all of the table
   * @param to the position up to which one partition is built; null for all that is archived
   * @param fromGenesis whether the whole log is folded again
   */
  record BuildRequest(
      @Nullable String table, @Nullable Integer partition, @Nullable Long to, boolean fromGenesis) {

    PartitionTarget target() {
      return new PartitionTarget(table, partition);
    }
  }

  /**
   * @param table null for all
   * @param partition null for all of the table
   * @param deep whether the items themselves are looked for in the archive
   */
  record CheckRequest(@Nullable String table, @Nullable Integer partition, boolean deep) {

    PartitionTarget target() {
      return new PartitionTarget(table, partition);
    }
  }

  private ReferenceService(ReferenceParts parts) {
    this.parts = parts;
  }

  /**
   * @param archive of the node whose key signs what is built
   * @param folder on a local disk, which nobody else uses
   */
  static ReferenceService open(NodeArchive.Setup archive, Path folder) throws IOException {
    return new ReferenceService(ReferenceParts.open(archive, folder));
  }

  Map<String, AdminRoute> routes() {
    return Map.of(
        STATUS, AdminRoute.get(this::status),
        BUILD, AdminRoute.get(runs::answer).andPost(this::build),
        CHECK, AdminRoute.get(runs::answer).andPost(this::check));
  }

  private byte[] status(AdminRequest request) throws AdminError {
    String number = request.parameter("partition");
    if (number != null && !number.matches("0|[1-9][0-9]{0,8}")) {
      throw AdminError.badRequest("partition is a number");
    }
    PartitionTarget target =
        new PartitionTarget(
            request.parameter("table"), number == null ? null : Integer.valueOf(number));
    requireTable(target);
    return AdminRuns.json(new ReferenceStatus(parts, target).report());
  }

  private byte[] build(AdminRequest request) throws AdminError {
    BuildRequest wanted =
        parse(request, BuildRequest.class, "{\"table\", \"partition\", \"to\", \"fromGenesis\"}");
    requireTable(wanted.target());
    Long to = wanted.to;
    if (to != null && (to < 0 || wanted.partition == null)) {
      throw AdminError.badRequest("to is a position of one partition");
    }
    PartitionBuild.Wanted what =
        new PartitionBuild.Wanted(to == null ? Long.MAX_VALUE : to, wanted.fromGenesis);
    return runs.start(
        "a build of references",
        progress -> new ReferenceBuildRun(parts, wanted.target(), what, progress).report());
  }

  private byte[] check(AdminRequest request) throws AdminError {
    CheckRequest wanted =
        parse(request, CheckRequest.class, "{\"table\", \"partition\", \"deep\"}");
    requireTable(wanted.target());
    return runs.start(
        "a check of references",
        progress -> new ReferenceCheckRun(parts, wanted.target(), wanted.deep, progress).report());
  }

  private static void requireTable(PartitionTarget target) throws AdminError {
    if (target.table() == null && target.partition() != null) {
      throw AdminError.badRequest("a partition is one of a table");
    }
  }

  private static <T> T parse(AdminRequest request, Class<T> type, String form) throws AdminError {
    try {
      T wanted = JSON.readValue(request.body(), type);
      if (wanted == null) {
        throw AdminError.badRequest("the body is empty");
      }
      return wanted;
    } catch (IOException e) {
      throw AdminError.badRequest("the body is not " + form);
    }
  }

  @Override
  public void close() throws IOException {
    runs.close();
    parts.close();
  }
}
