package dev.assay.replicastore.store;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it hears. */
final class RecordingListener implements StoreListener {
  final List<Taken> taken = new CopyOnWriteArrayList<>();
  final List<Failed> failed = new CopyOnWriteArrayList<>();
  final List<Finding> damages = new CopyOnWriteArrayList<>();
  final List<StorageFailed> failures = new CopyOnWriteArrayList<>();

  record Taken(UUID run, long lsn, Path folder) {}

  record Failed(UUID run, long lsn, String reason) {}

  @Override
  public void checkpointTaken(UUID run, long lsn, Path folder) {
    taken.add(new Taken(run, lsn, folder));
  }

  @Override
  public void checkpointFailed(UUID run, long lsn, String reason) {
    failed.add(new Failed(run, lsn, reason));
  }

  @Override
  public void damaged(Finding finding) {
    damages.add(finding);
  }

  @Override
  public void failed(StorageFailed failure) {
    failures.add(failure);
  }
}
