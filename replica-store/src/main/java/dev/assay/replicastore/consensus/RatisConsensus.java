package dev.assay.replicastore.consensus;

import dev.assay.replicastore.PartitionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consensus by Apache Ratis: one server per node, one of its divisions per partition.
 *
 * <p>A clock ticks beside it (see {@link ConsensusOptions#vouchEvery}): it notes what was flushed,
 * keeps reads going, and tells appliers who leads.
 */
public final class RatisConsensus implements Consensus {
  private static final Logger LOG = LoggerFactory.getLogger(RatisConsensus.class);

  private final ConsensusOptions options;
  private final FatalStop fatalStop;
  private final LogFinding.Keeper findings;
  private final RandomGenerator random;
  private final LongSupplier nanoClock;
  private final VouchFile vouches;
  private final RaftServer server;
  private final ClientId clientId;
  private final Handover handover;
  private final AtomicLong callIds = new AtomicLong();
  private final Map<RaftGroupId, RatisGroup> groups = new ConcurrentHashMap<>();
  private final Map<String, String> addresses = new ConcurrentHashMap<>();
  private final ScheduledExecutorService ticker;
  private volatile boolean failed;

  /**
   * Starts this node's part; groups are joined afterwards.
   *
   * @param random for identities that must differ from one start to the next
   */
  public static RatisConsensus start(
      ConsensusOptions options,
      FatalStop fatalStop,
      LogFinding.Keeper findings,
      RandomGenerator random)
      throws IOException {
    RatisConsensus consensus =
        new RatisConsensus(options, fatalStop, findings, random, System::nanoTime);
    consensus.start();
    return consensus;
  }

  private RatisConsensus(
      ConsensusOptions options,
      FatalStop fatalStop,
      LogFinding.Keeper findings,
      RandomGenerator random,
      LongSupplier nanoClock)
      throws IOException {
    this.options = options;
    this.fatalStop =
        (what, cause) -> {
          failed = true;
          fatalStop.stop(what, cause);
        };
    this.findings = findings;
    this.random = random;
    this.nanoClock = nanoClock;
    Files.createDirectories(options.groups());
    vouches = VouchFile.open(options.vouches());
    clientId = ClientId.valueOf(randomUuid());
    RaftProperties settings = RatisSettings.of(options);
    RaftConfigKeys.Rpc.setType(settings, new PeerFactory.Type());
    server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(options.node()))
            .setProperties(settings)
            .setParameters(
                new PeerFactory.Wiring(
                        options.transport(), groups::get, this::knownAddress, nanoClock)
                    .parameters())
            .setStateMachineRegistry(this::machine)
            .build();
    RatisSettings.folder(settings, options.groups());
    handover = new Handover(server, clientId, options.electionTimeoutMax());
    ticker =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("consensus-tick-" + options.node()).factory());
  }

  private void start() throws IOException {
    switch (options.transport()) {
      case Transport.Sockets sockets -> checkAddress(sockets.address());
      case Transport.InProcess inProcess -> {}
    }
    server.start();
    long everyNanos = options.vouchEvery().toNanos();
    ticker.scheduleWithFixedDelay(this::tick, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
  }

  /** Ratis ends the process when it can't listen; so it is tried before, for a better message. */
  private static void checkAddress(String address) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(RatisSettings.hostAndPort(address));
    } catch (IOException e) {
      throw new IOException(
          "consensus can't listen on "
              + address
              + " ("
              + e.getMessage()
              + "): another process may have the port; free it or configure another one",
          e);
    }
  }

  private UUID randomUuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private StateMachine machine(RaftGroupId group) {
    RatisGroup joined = groups.get(group);
    if (joined == null) {
      throw new IllegalStateException("no group " + group);
    }
    return joined.machine();
  }

  private RaftPeer knownAddress(RaftPeer peer) {
    String address = addresses.get(peer.getId().toString());
    return address == null ? peer : RaftPeer.newBuilder(peer).setAddress(address).build();
  }

  // ---- joining and leaving

  @Override
  public synchronized Group join(PartitionId partition, List<Member> members, LogApplier applier)
      throws IOException {
    return join(partition, members, applier, false);
  }

  @Override
  public synchronized Group rejoin(PartitionId partition, List<Member> members, LogApplier applier)
      throws IOException {
    return join(partition, members, applier, true);
  }

  private Group join(
      PartitionId partition, List<Member> members, LogApplier applier, boolean returning)
      throws IOException {
    RaftGroupId groupId = RaftGroupId.valueOf(partition.groupId());
    if (groups.containsKey(groupId)) {
      throw new IllegalStateException(options.node() + " is a member of " + partition + " already");
    }
    if (members.stream().noneMatch(member -> member.node().equals(options.node()))) {
      throw new IllegalArgumentException(options.node() + " is not among " + members);
    }
    try {
      LogFolder.Outcome checked = checkFolder(partition, members.size(), applier, returning);
      members.forEach(member -> addresses.put(member.node(), member.address()));
      return open(newGroup(partition, applier, checked.hasHistory()), members);
    } catch (IOException e) {
      throw new IOException(
          "partition "
              + partition
              + " can't be opened on "
              + options.node()
              + ": "
              + e.getMessage()
              + ". Stop the node, move "
              + options.groupFolder(partition)
              + " aside and start it again: the replica is then rebuilt from its peers.",
          e);
    }
  }

  private LogFolder.Outcome checkFolder(
      PartitionId partition, int members, LogApplier applier, boolean returning)
      throws IOException {
    UUID group = partition.groupId();
    LogFolder.Outcome checked =
        LogFolder.check(
            options.logFolder(partition),
            options.node(),
            group,
            vouches.of(group),
            returning,
            applier.durable());
    for (LogFolder.Note note : checked.notes()) {
      findings.keep(new LogFinding(partition, options.node(), note.kind(), note.detail()));
    }
    if (checked.vouch().owed() != null && members == 1) {
      throw new IOException(
          "its only member has lost entries that it had acknowledged, and has no peer to get them"
              + " from");
    }
    if (checked.hasHistory()) {
      vouches.update(group, before -> checked.vouch());
      vouches.write();
    }
    return checked;
  }

  private RatisGroup newGroup(PartitionId partition, LogApplier applier, boolean hasHistory) {
    return new RatisGroup(
        partition,
        options,
        applier,
        fatalStop,
        randomUuid(),
        log ->
            new Membership(
                partition,
                options,
                vouches,
                hasHistory,
                options.logFolder(partition),
                log,
                fatalStop,
                nanoClock),
        handover,
        this::endStopped,
        nanoClock);
  }

  private Group open(RatisGroup group, List<Member> members) throws IOException {
    groups.put(group.groupId(), group);
    boolean opened = false;
    try {
      manage(
          GroupManagementRequest.newAdd(
              clientId,
              server.getId(),
              callIds.incrementAndGet(),
              RaftGroup.valueOf(
                  group.groupId(), members.stream().map(RatisConsensus::peer).toList()),
              false));
      group.started(server.getDivision(group.groupId()));
      opened = true;
    } finally {
      if (!opened) {
        groups.remove(group.groupId());
        group.ending();
        group.machine().releaseFolder();
        group.ended();
      }
    }
    return group;
  }

  private static RaftPeer peer(Member member) {
    return RaftPeer.newBuilder().setId(member.node()).setAddress(member.address()).build();
  }

  private void manage(GroupManagementRequest request) throws IOException {
    RaftClientReply reply;
    try {
      reply = server.groupManagementAsync(request).get();
    } catch (ExecutionException e) {
      throw asIoException(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (!reply.isSuccess()) {
      throw asIoException(reply.getException());
    }
  }

  private static IOException asIoException(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
  }

  @Override
  public synchronized void leave(PartitionId partition) throws IOException {
    RatisGroup group = groups.get(RaftGroupId.valueOf(partition.groupId()));
    if (group != null) {
      group.ending();
      remove(group, false);
      group.ended();
    }
  }

  @Override
  public synchronized void forget(PartitionId partition) throws IOException {
    RatisGroup group = groups.get(RaftGroupId.valueOf(partition.groupId()));
    if (group != null) {
      group.ending();
      remove(group, true);
      group.ended();
    }
    delete(options.groupFolder(partition));
    vouches.forget(partition.groupId());
    vouches.write();
  }

  /** A replica that can't go on leaves; the group object stays, to say so. */
  private synchronized void endStopped(RatisGroup group) throws IOException {
    if (groups.get(group.groupId()) == group) {
      remove(group, false);
    }
  }

  private void remove(RatisGroup group, boolean deleteFolder) throws IOException {
    group.membership().tick();
    try {
      manage(
          GroupManagementRequest.newRemove(
              clientId,
              server.getId(),
              callIds.incrementAndGet(),
              group.groupId(),
              deleteFolder,
              false));
    } finally {
      groups.remove(group.groupId(), group);
    }
    vouches.write();
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  // ---- regularly, and at the end

  private void tick() {
    if (failed) {
      return;
    }
    try {
      for (RatisGroup group : groups.values()) {
        tick(group);
      }
      vouches.write();
    } catch (IOException e) {
      fatalStop.stop(
          "what "
              + options.node()
              + " vouches for could not be made durable in "
              + options.vouches(),
          e);
    } catch (Throwable t) {
      fatalStop.stop("the clock of consensus on " + options.node() + " failed", t);
    }
  }

  private static void tick(RatisGroup group) throws IOException {
    try {
      group.watch();
      group.membership().tick();
    } catch (RuntimeException | NoSuchFileException e) {
      if (!group.isEnding()) {
        throw e;
      }
      LOG.debug("{} ended in the middle of a tick", group.partition(), e);
    }
  }

  /**
   * After a failed write, Ratis may wait for itself for ever; there is nothing to wait for then.
   */
  private void closeServer() throws IOException {
    if (!failed) {
      server.close();
      return;
    }
    Thread closing =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    server.close();
                  } catch (IOException e) {
                    LOG.warn("{} was not closed cleanly", options.node(), e);
                  }
                });
    try {
      closing.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    ticker.shutdown();
    List<RatisGroup> open = new ArrayList<>(groups.values());
    if (!failed) {
      awaitTick();
      for (RatisGroup group : open) {
        group.membership().tick();
      }
    }
    open.forEach(RatisGroup::ending);
    closeServer();
    vouches.write();
    for (RatisGroup group : open) {
      group.ended();
      groups.remove(group.groupId(), group);
    }
    vouches.close();
  }

  private void awaitTick() {
    try {
      ticker.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
