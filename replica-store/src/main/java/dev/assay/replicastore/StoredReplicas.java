package dev.assay.replicastore;

import dev.assay.replicastore.consensus.LogApplier.ReplicaStopped;
import dev.assay.replicastore.expression.ParsedExpressions;
import dev.assay.replicastore.store.DurableFiles;
import dev.assay.replicastore.store.Finding;
import dev.assay.replicastore.store.PartitionStore;
import dev.assay.replicastore.store.StorageFailed;
import dev.assay.replicastore.store.StoreListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a node's replicas over their stores, each in a folder named after its partition. */
final class StoredReplicas implements Node.ReplicaFactory {
  private static final Logger log = LoggerFactory.getLogger(StoredReplicas.class);

  private static final int EXPRESSION_CHARS = 1 << 18;

  private final NodeSetup setup;
  private final Evaluator evaluator = new Evaluator(new ParsedExpressions(EXPRESSION_CHARS));
  private final Executor executor;
  private final Consumer<Replica> onStopped;
  private final Runnable onMetadataApplied;

  StoredReplicas(
      NodeSetup setup, Executor executor, Consumer<Replica> onStopped, Runnable onMetadataApplied) {
    this.setup = setup;
    this.executor = executor;
    this.onStopped = onStopped;
    this.onMetadataApplied = onMetadataApplied;
  }

  @Override
  public Replica open(PartitionId partition, String tableName) throws IOException {
    Listener listener = new Listener(partition);
    PartitionStore store =
        PartitionStore.open(
            folder(partition), partition, setup.storage(), listener, executor, setup.clock());
    Replica replica =
        new Replica(
            partition,
            tableName,
            setup.name(),
            store,
            evaluator,
            setup.clock(),
            setup.pipeline(),
            setup.retention(),
            new CheckpointFetch(setup.folder().incoming(), setup.peers(), setup.random()),
            onStopped,
            partition.equals(PartitionId.METADATA) ? onMetadataApplied : () -> {});
    listener.hears(replica);
    return replica;
  }

  @Override
  public void delete(PartitionId partition) throws IOException {
    DurableFiles.deleteTree(folder(partition).toAbsolutePath());
  }

  private Path folder(PartitionId partition) {
    return setup.folder().partitions().resolve(partition.toString());
  }

  /** Hears a store from its opening on, before there is a replica over it. */
  private final class Listener implements StoreListener {
    private final PartitionId partition;
    private @Nullable Replica replica;
    private @Nullable Finding early;

    Listener(PartitionId partition) {
      this.partition = partition;
    }

    synchronized void hears(Replica opened) {
      replica = opened;
      if (early != null) {
        stop(opened, early);
      }
    }

    @Override
    public void checkpointTaken(UUID run, long lsn, Path folder) {
      log.debug("{}: the checkpoint of run {} is at {}", partition, run, lsn);
    }

    @Override
    public void checkpointFailed(UUID run, long lsn, String reason) {
      log.warn("{}: no checkpoint for run {} at {}: {}", partition, run, lsn, reason);
    }

    @Override
    public synchronized void damaged(Finding finding) {
      if (replica == null) {
        early = finding;
      } else {
        stop(replica, finding);
      }
    }

    private void stop(Replica damaged, Finding finding) {
      damaged.stop(new ReplicaStopped(finding.toString(), null));
    }

    @Override
    public void failed(StorageFailed failure) {
      setup.fatal().stop(setup.name() + ": " + failure.getMessage(), failure);
    }
  }
}
