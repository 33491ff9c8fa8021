package dev.assay.infra;

import dev.assay.infra.YamlFile.Items;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code assay router --config FILE} is told. Every key is in {@link #KEYS}, and
 * docs/configuration.md says the same for people. Relative paths are relative to the working
 * directory.
 *
 * @param listenAdmin null when there is no admin port
 */
record RouterConfig(
    String clusterName,
    List<Member> members,
    HostPort listenDynamoDb,
    @Nullable HostPort listenAdmin,
    List<String> adminNames,
    Path tlsDirectory,
    Path tlsAuthority,
    AccessKeys accessKeys,
    int partitionsDefault,
    int tablesMax,
    int requestsMax) {

  /** A node of the cluster, and where routers reach it. */
  record Member(String name, HostPort nodeCalls) {}

  static final ConfigKey<String> CLUSTER_NAME = NodeConfig.CLUSTER_NAME;
  static final ConfigKey<Items> MEMBERS =
      ConfigKey.required(
          "members",
          MemberList.TYPE,
          MemberList.EXAMPLE,
          "All nodes of the cluster, as in the nodes' files. A router uses only nodeCalls, and"
              + " consensus may be left out.");
  static final ConfigKey<HostPort> LISTEN_DYNAMODB =
      ConfigKey.optional(
          "listen.dynamodb",
          ConfigType.addressOrFreePort(),
          "127.0.0.1:8000",
          "Where the DynamoDB API is, in plain HTTP; requests are signed.");
  static final ConfigKey<Optional<HostPort>> LISTEN_ADMIN =
      ConfigKey.optional(
          "listen.admin",
          ConfigType.addressOrOff(),
          "127.0.0.1:8011",
          NodeConfig.LISTEN_ADMIN.description());
  static final ConfigKey<List<String>> LISTEN_ADMIN_NAMES = NodeConfig.LISTEN_ADMIN_NAMES;
  static final ConfigKey<Path> TLS_DIRECTORY =
      ConfigKey.required(
          "tls.directory",
          ConfigType.path(),
          "/etc/assay/router-tls",
          "Where this router's certificate and key are. Made at first start.");
  static final ConfigKey<Path> TLS_AUTHORITY = NodeConfig.TLS_AUTHORITY;
  static final ConfigKey<Path> CREDENTIALS_FILE =
      ConfigKey.derived(
          "credentials.file",
          ConfigType.path(),
          "the pair in the environment's ASSAY_ACCESS_KEY and ASSAY_SECRET_KEY; without them assay"
              + " and assay, with a warning",
          "/etc/assay/credentials.yaml",
          "A file with one \"accessKey: secret\" a line, in YAML. Refused when others than its"
              + " owner may read or write it.");
  static final ConfigKey<Long> PARTITIONS_DEFAULT =
      ConfigKey.optional(
          "tables.partitionsDefault",
          ConfigType.integer(1, 256),
          "1",
          "How many partitions a new table gets.");
  static final ConfigKey<Long> TABLES_MAX =
      ConfigKey.optional(
          "tables.max",
          ConfigType.integer(1, 100_000),
          "2500",
          "How many tables there may be; one more is refused.");
  static final ConfigKey<Long> REQUESTS_MAX =
      ConfigKey.optional(
          "requests.max",
          ConfigType.integer(1, 100_000),
          "1000",
          "How many requests are handled at a time; more are told to come again.");

  static final List<ConfigKey<?>> KEYS =
      List.of(
          CLUSTER_NAME,
          MEMBERS,
          LISTEN_DYNAMODB,
          LISTEN_ADMIN,
          LISTEN_ADMIN_NAMES,
          TLS_DIRECTORY,
          TLS_AUTHORITY,
          CREDENTIALS_FILE,
          PARTITIONS_DEFAULT,
          TABLES_MAX,
          REQUESTS_MAX);

  RouterConfig {
    members = List.copyOf(members);
    adminNames = List.copyOf(adminNames);
  }

  /**
   * @throws CommandFailure (usage) that names everything that is wrong with the file
   */
  static RouterConfig load(Path file) {
    return load(file, System.getenv());
  }

  static RouterConfig load(Path file, Map<String, String> environment) {
    ConfigReader in = ConfigReader.read(file, KEYS);
    List<Member> members =
        MemberList.read(in, MEMBERS, false).stream()
            .map(entry -> new Member(entry.name(), entry.nodeCalls()))
            .toList();
    in.check();
    RouterConfig config = of(in, members, accessKeys(in, environment));
    ListenWarnings.plain(LISTEN_DYNAMODB, config.listenDynamoDb);
    ListenWarnings.plain(LISTEN_ADMIN, config.listenAdmin);
    return config;
  }

  private static AccessKeys accessKeys(ConfigReader in, Map<String, String> environment) {
    Path file = in.find(CREDENTIALS_FILE);
    ConfigProblems problems = file == null ? in.problems() : new ConfigProblems(file);
    AccessKeys keys =
        file == null
            ? AccessKeys.ofEnvironment(environment, problems)
            : AccessKeys.read(file, problems);
    problems.throwIfAny();
    return keys;
  }

  private static RouterConfig of(ConfigReader in, List<Member> members, AccessKeys accessKeys) {
    Path tls = in.get(TLS_DIRECTORY);
    return new RouterConfig(
        in.get(CLUSTER_NAME),
        members,
        in.get(LISTEN_DYNAMODB),
        in.get(LISTEN_ADMIN).orElse(null),
        in.get(LISTEN_ADMIN_NAMES, List.of()),
        tls,
        in.get(TLS_AUTHORITY, tls.resolve("authority")),
        accessKeys,
        Math.toIntExact(in.get(PARTITIONS_DEFAULT)),
        Math.toIntExact(in.get(TABLES_MAX)),
        Math.toIntExact(in.get(REQUESTS_MAX)));
  }
}
