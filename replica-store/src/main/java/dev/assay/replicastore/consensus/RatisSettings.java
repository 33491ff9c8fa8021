package dev.assay.replicastore.consensus;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Ratis's settings, from ours. */
final class RatisSettings {
  /** What an entry's envelope may add to its payload: ids, indices, lengths. */
  static final int ENTRY_OVERHEAD_BYTES = 64 * 1024;

  private static final Duration FOREVER = Duration.ofDays(3650);

  private RatisSettings() {}

  static RaftProperties of(ConsensusOptions options) {
    RaftProperties settings = new RaftProperties();
    log(settings, options);
    replication(settings, options);
    elections(settings, options);
    switch (options.transport()) {
      case Transport.Sockets sockets -> sockets(settings, hostAndPort(sockets.address()));
      case Transport.InProcess inProcess -> {}
    }
    return settings;
  }

  /** Where Ratis finds the folders of the groups. */
  static void folder(RaftProperties settings, Path groups) {
    RaftServerConfigKeys.setStorageDir(settings, List.of(groups.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(settings, new File(groups.toFile(), "removed"));
  }

  static InetSocketAddress hostAndPort(String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("an address is host:port, not " + address);
    }
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  private static void log(RaftProperties settings, ConsensusOptions options) {
    int entryMax = options.entrySizeMaxBytes() + ENTRY_OVERHEAD_BYTES;
    RaftServerConfigKeys.Log.setSegmentSizeMax(settings, bytes(options.logFileSizeMaxBytes()));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        settings, bytes(Math.min(1024 * 1024, options.logFileSizeMaxBytes())));
    RaftServerConfigKeys.Log.setWriteBufferSize(settings, bytes(entryMax + 64));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(settings, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(
        settings, bytes(2L * options.logFileSizeMaxBytes()));
    // A positive answer to an append means that it is on the disk.
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(settings, false);
    RaftServerConfigKeys.Log.setAsyncFlushEnabled(settings, false);
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        settings, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    // Without it, every commit would be followed by an entry that notes it, and another fsync.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(settings, false);
    RaftServerConfigKeys.Log.setPurgeGap(settings, 1);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(settings, true);

    // Ratis would ask for one after every entry while a snapshot does not advance.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(settings, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(settings, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(settings, false);
    // Snapshots are fetched by the applier, from the leader's node.
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(settings, false);
    // Ratis would open every group's folder it finds, with no members and before there is an
    // applier for it; so it is shown one that does not exist until it is up.
    folder(settings, options.folder().resolve("absent"));
  }

  private static void replication(RaftProperties settings, ConsensusOptions options) {
    int entryMax = options.entrySizeMaxBytes() + ENTRY_OVERHEAD_BYTES;
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(settings, bytes(entryMax));
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(settings, time(options.appenderWait()));
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(settings, "1ms,10, 50ms,20, 250ms,1000000");
    // Call ids are never used twice, so the cache has nothing to answer; it only takes memory.
    RaftServerConfigKeys.RetryCache.setExpiryTime(settings, TimeDuration.ONE_SECOND);
    RaftServerConfigKeys.RetryCache.setStatisticsExpiryTime(settings, TimeDuration.ONE_MINUTE);
    // A process that was stopped for minutes goes on as a follower; it does not close its server.
    RaftServerConfigKeys.setCloseThreshold(settings, time(FOREVER));
  }

  private static void elections(RaftProperties settings, ConsensusOptions options) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(settings, time(options.electionTimeoutMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(settings, time(options.electionTimeoutMax()));
    RaftServerConfigKeys.Rpc.setRequestTimeout(
        settings, time(options.electionTimeoutMax().multipliedBy(2)));
    RaftServerConfigKeys.LeaderElection.setPreVote(settings, true);
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        settings, time(options.electionTimeoutMax()));
  }

  private static void sockets(RaftProperties settings, InetSocketAddress address) {
    GrpcConfigKeys.Server.setHost(settings, address.getHostString());
    GrpcConfigKeys.Server.setPort(settings, address.getPort());
    GrpcConfigKeys.setMessageSizeMax(settings, bytes(64L * 1024 * 1024));
  }

  private static SizeInBytes bytes(long count) {
    return SizeInBytes.valueOf(count);
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
