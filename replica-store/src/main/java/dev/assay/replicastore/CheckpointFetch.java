package dev.assay.replicastore;

import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.consensus.LogPosition;
import dev.assay.replicastore.remote.CheckpointDownload;
import dev.assay.replicastore.store.CheckpointInfo;
import dev.assay.replicastore.store.DurableFiles;
import dev.assay.replicastore.store.PartitionStore;
import dev.assay.replicastore.store.StorageFailed;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a checkpoint from another node and puts it in the place of a store's data, for a replica
 * whose next entry is no longer in anybody's log.
 *
 * <p>The store verifies every block before it takes the checkpoint; a transfer that fails leaves
 * the store as it was.
 */
final class CheckpointFetch implements Replica.SnapshotSource {
  private static final Logger log = LoggerFactory.getLogger(CheckpointFetch.class);

  private final Path incoming;
  private final NodeSetup.Peers peers;
  private final RandomGenerator random;

  CheckpointFetch(Path incoming, NodeSetup.Peers peers, RandomGenerator random) {
    this.incoming = incoming;
    this.peers = peers;
    this.random = random;
  }

  @Override
  public LogPosition install(PartitionId partition, String fromNode, PartitionStore into)
      throws Exception {
    NodeCalls peer = peers.find(fromNode);
    if (peer == null) {
      throw new CallFailed.Unavailable(fromNode + " can't be reached yet");
    }
    UUID run = new UUID(random.nextLong(), random.nextLong());
    Path folder = incoming.resolve(partition + "-" + run);
    Path data = folder.resolve(CheckpointInfo.DATA);
    peer.checkpoint(partition, run);
    try {
      download(new CheckpointDownload(peer, partition, run), data, folder);
      return into.replaceWith(folder);
    } finally {
      DurableFiles.deleteTree(folder);
      release(peer, partition, run);
    }
  }

  /** What can't be written here is a trouble of the whole node's disk. */
  private static void download(CheckpointDownload download, Path data, Path folder)
      throws CallFailed, ClosedByInterruptException {
    try {
      DurableFiles.createFolders(data);
      download.into(data);
      Files.move(
          data.resolve(CheckpointInfo.DESCRIPTOR), folder.resolve(CheckpointInfo.DESCRIPTOR));
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      throw StorageFailed.of("a fetched checkpoint can't be written to " + folder, e);
    }
  }

  private static void release(NodeCalls peer, PartitionId partition, UUID run) {
    try {
      peer.release(partition, run);
    } catch (CallFailed e) {
      log.warn(
          "{}: the checkpoint of run {} stays on its node until it expires: {}",
          partition,
          run,
          e.getMessage());
    }
  }
}
