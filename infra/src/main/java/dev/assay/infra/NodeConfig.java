package dev.assay.infra;

import dev.assay.infra.YamlFile.Items;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code assay node --config FILE} is told. Every key is in {@link #KEYS}, and
 * docs/configuration.md says the same for people. Relative paths are relative to the working
 * directory.
 *
 * @param listenAdmin null when there is no admin port
 * @param archive null when nothing is archived
 */
record NodeConfig(
    String clusterName,
    String nodeName,
    Path dataDirectory,
    List<Member> members,
    HostPort listenConsensus,
    HostPort listenNodeCalls,
    @Nullable HostPort listenAdmin,
    List<String> adminNames,
    Path tlsDirectory,
    Path tlsAuthority,
    Duration electionTimeoutMin,
    Duration electionTimeoutMax,
    Duration appenderWait,
    boolean leaderLease,
    long snapshotEveryEntries,
    long blockCacheBytes,
    long writeBufferBytes,
    Duration drain,
    @Nullable ArchiveConfig archive) {

  /** A node of the cluster, and where the others reach it. */
  record Member(String name, HostPort consensus, HostPort nodeCalls) {}

  static final ConfigKey<String> CLUSTER_NAME =
      ConfigKey.required(
          "cluster.name",
          ConfigType.name(),
          "production",
          "The name of the cluster, the same for all its nodes and routers. A data directory"
              + " remembers it and refuses another.");
  static final ConfigKey<String> NODE_NAME =
      ConfigKey.required(
          "node.name",
          ConfigType.name(),
          "node-a",
          "The name of this node, which is one of members. A data directory remembers it and"
              + " refuses another.");
  static final ConfigKey<Path> DATA_DIRECTORY =
      ConfigKey.required(
          "data.directory",
          ConfigType.path(),
          "/var/lib/assay/node-a",
          "Where the node keeps its data. Made at first start; one process at a time may use it.");
  static final ConfigKey<Items> MEMBERS =
      ConfigKey.required(
          "members",
          MemberList.TYPE,
          MemberList.EXAMPLE,
          "All nodes of the cluster, this one included: the address where the others reach each for"
              + " consensus, and the one for all other calls. The same list for every node.");
  static final ConfigKey<HostPort> LISTEN_CONSENSUS =
      ConfigKey.derived(
          "listen.consensus",
          ConfigType.address(),
          "this node's consensus address in members",
          "0.0.0.0:7000",
          "Where this node listens for consensus, when that differs from what the others call.");
  static final ConfigKey<HostPort> LISTEN_NODE_CALLS =
      ConfigKey.derived(
          "listen.nodeCalls",
          ConfigType.address(),
          "this node's nodeCalls address in members",
          "0.0.0.0:7001",
          "Where this node listens for calls of nodes and routers, when that differs from what they"
              + " call.");
  static final ConfigKey<Optional<HostPort>> LISTEN_ADMIN =
      ConfigKey.optional(
          "listen.admin",
          ConfigType.addressOrOff(),
          "127.0.0.1:8010",
          "Where health, metrics and the HTTP API of the command line are, in plain HTTP and"
              + " without users: whoever reaches it may use it.");
  static final ConfigKey<List<String>> LISTEN_ADMIN_NAMES =
      ConfigKey.derived(
          "listen.adminNames",
          ConfigType.hosts(),
          "none",
          "[node-a.example]",
          "Names that requests to the admin port may carry as Host, besides localhost, 127.0.0.1,"
              + " [::1] and the address where it listens. Others are refused, so that no web page"
              + " gets in by a name of its own.");
  static final ConfigKey<Path> TLS_DIRECTORY =
      ConfigKey.derived(
          "tls.directory",
          ConfigType.path(),
          "tls in data.directory",
          "/etc/assay/tls",
          "Where this node's certificate and key are. Made at first start.");
  static final ConfigKey<Path> TLS_AUTHORITY =
      ConfigKey.derived(
          "tls.authority",
          ConfigType.path(),
          "authority in tls.directory",
          "/etc/assay/authority",
          "Where the certificate of the cluster's authority is, and its key where new certificates"
              + " are to be made. All nodes and routers need the same authority.");
  static final ConfigKey<Duration> ELECTION_TIMEOUT_MIN =
      ConfigKey.optional(
          "consensus.electionTimeoutMin",
          ConfigType.duration("100ms", "1m"),
          "1s",
          "The shortest silence of a leader after which another replica stands for election.");
  static final ConfigKey<Duration> ELECTION_TIMEOUT_MAX =
      ConfigKey.optional(
          "consensus.electionTimeoutMax",
          ConfigType.duration("100ms", "2m"),
          "2s",
          "The longest such silence; each replica draws its own between the two. More than"
              + " consensus.electionTimeoutMin.");
  static final ConfigKey<Duration> APPENDER_WAIT =
      ConfigKey.optional(
          "consensus.appenderWait",
          ConfigType.duration("0ms", "1s"),
          "0ms",
          "How long a leader waits between two messages to a follower. 0ms answers writes"
              + " soonest.");
  static final ConfigKey<Boolean> LEADER_LEASE =
      ConfigKey.optional(
          "reads.leaderLease",
          ConfigType.flag(),
          "true",
          "Whether a leader answers consistent reads on the strength of recent answers of its"
              + " followers. With false it asks a majority for each read, which trusts no clock.");
  static final ConfigKey<Long> SNAPSHOT_EVERY_ENTRIES =
      ConfigKey.optional(
          "log.snapshotEveryEntries",
          ConfigType.integer(10, 1_000_000_000),
          "100000",
          "After how many log entries a replica takes a checkpoint, so that older log can go.");
  static final ConfigKey<Long> BLOCK_CACHE =
      ConfigKey.optional(
          "store.blockCache",
          ConfigType.size("1MiB", "1024GiB"),
          "64MiB",
          "Memory for blocks read from disk, shared by all replicas of the node.");
  static final ConfigKey<Long> WRITE_BUFFERS =
      ConfigKey.optional(
          "store.writeBuffers",
          ConfigType.size("1MiB", "1024GiB"),
          "32MiB",
          "Memory for writes that are not in the store's files yet, shared by all replicas of the"
              + " node.");
  static final ConfigKey<Duration> DRAIN =
      ConfigKey.optional(
          "shutdown.drain",
          ConfigType.duration("0ms", "10m"),
          "10s",
          "How long a stopping node waits for requests that are under way.");

  static final List<ConfigKey<?>> KEYS =
      Stream.concat(
              Stream.<ConfigKey<?>>of(
                  CLUSTER_NAME,
                  NODE_NAME,
                  DATA_DIRECTORY,
                  MEMBERS,
                  LISTEN_CONSENSUS,
                  LISTEN_NODE_CALLS,
                  LISTEN_ADMIN,
                  LISTEN_ADMIN_NAMES,
                  TLS_DIRECTORY,
                  TLS_AUTHORITY,
                  ELECTION_TIMEOUT_MIN,
                  ELECTION_TIMEOUT_MAX,
                  APPENDER_WAIT,
                  LEADER_LEASE,
                  SNAPSHOT_EVERY_ENTRIES,
                  BLOCK_CACHE,
                  WRITE_BUFFERS,
                  DRAIN),
              ArchiveConfig.KEYS.stream())
          .toList();

  NodeConfig {
    members = List.copyOf(members);
    adminNames = List.copyOf(adminNames);
  }

  /**
   * @throws CommandFailure (usage) that names everything that is wrong with the file
   */
  static NodeConfig load(Path file) {
    ConfigReader in = ConfigReader.read(file, KEYS);
    List<Member> members = members(in);
    Member own = own(in, members);
    requireElectionTimeouts(in);
    ArchiveConfig archive = ArchiveConfig.read(in);
    in.check();
    NodeConfig config =
        of(in, members, Objects.requireNonNull(own, "checked to be a member"), archive);
    ListenWarnings.encrypted(LISTEN_CONSENSUS, config.listenConsensus);
    ListenWarnings.encrypted(LISTEN_NODE_CALLS, config.listenNodeCalls);
    ListenWarnings.plain(LISTEN_ADMIN, config.listenAdmin);
    return config;
  }

  private static NodeConfig of(
      ConfigReader in, List<Member> members, Member own, @Nullable ArchiveConfig archive) {
    Path data = in.get(DATA_DIRECTORY);
    Path tls = in.get(TLS_DIRECTORY, data.resolve("tls"));
    return new NodeConfig(
        in.get(CLUSTER_NAME),
        in.get(NODE_NAME),
        data,
        members,
        in.get(LISTEN_CONSENSUS, own.consensus),
        in.get(LISTEN_NODE_CALLS, own.nodeCalls),
        in.get(LISTEN_ADMIN).orElse(null),
        in.get(LISTEN_ADMIN_NAMES, List.of()),
        tls,
        in.get(TLS_AUTHORITY, tls.resolve("authority")),
        in.get(ELECTION_TIMEOUT_MIN),
        in.get(ELECTION_TIMEOUT_MAX),
        in.get(APPENDER_WAIT),
        in.get(LEADER_LEASE),
        in.get(SNAPSHOT_EVERY_ENTRIES),
        in.get(BLOCK_CACHE),
        in.get(WRITE_BUFFERS),
        in.get(DRAIN),
        archive);
  }

  private static List<Member> members(ConfigReader in) {
    List<Member> members = new ArrayList<>();
    for (MemberList.Entry entry : MemberList.read(in, MEMBERS, true)) {
      HostPort consensus = Objects.requireNonNull(entry.consensus(), "needed here");
      members.add(new Member(entry.name(), consensus, entry.nodeCalls()));
    }
    return members;
  }

  /** Null when the name or the list has a problem. */
  private static @Nullable Member own(ConfigReader in, List<Member> members) {
    String name = in.find(NODE_NAME);
    if (name == null || members.isEmpty()) {
      return null;
    }
    for (Member member : members) {
      if (member.name.equals(name)) {
        return member;
      }
    }
    in.problem(
        NODE_NAME,
        "node.name is \"%s\"; it takes one of members: %s"
            .formatted(name, String.join(", ", members.stream().map(Member::name).toList())));
    return null;
  }

  private static void requireElectionTimeouts(ConfigReader in) {
    Duration min = in.find(ELECTION_TIMEOUT_MIN);
    Duration max = in.find(ELECTION_TIMEOUT_MAX);
    if (min != null && max != null && min.compareTo(max) >= 0) {
      in.problem(
          ELECTION_TIMEOUT_MAX,
          "consensus.electionTimeoutMax is %d ms; it takes more than consensus.electionTimeoutMin, which is %d ms"
              .formatted(max.toMillis(), min.toMillis()));
    }
  }
}
