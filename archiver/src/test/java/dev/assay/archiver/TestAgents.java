package dev.assay.archiver;

import dev.assay.archiver.CommittedLog.Owner;
import dev.assay.archiver.SimulatedPartition.SimulatedClock;
import dev.assay.logformat.ClusterRoot;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.SignerCertificate;
import dev.assay.logformat.SigningAuthority;
import dev.assay.logformat.SigningKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Keys, cursors and agents for tests. */
final class TestAgents {
  static final String CLUSTER = SimulatedPartition.OWNER.cluster();

  private static final SimulatedClock MADE = new SimulatedClock();

  /** Certifies the nodes of the cluster. */
  static final SigningAuthority AUTHORITY =
      SigningAuthority.create(CLUSTER, new SecureRandom(), MADE);

  /** Another cluster's that has the same name. */
  static final SigningAuthority FOREIGN_AUTHORITY =
      SigningAuthority.create(CLUSTER, new SecureRandom(), MADE);

  static final List<SigningKey> KEYS = keys(AUTHORITY);

  private TestAgents() {}

  static ClusterRoot root() {
    return AUTHORITY.root();
  }

  static List<SigningKey> keys(SigningAuthority authority) {
    List<SigningKey> keys = new ArrayList<>();
    for (String node : List.of("node-a", "node-b", "node-c")) {
      SigningAuthority.Issued issued = authority.issue(node, Duration.ofDays(800));
      try {
        keys.add(
            SigningKey.parse(
                issued.privateKeyPem(), SignerCertificate.parse(issued.certificatePem())));
      } catch (FormatException e) {
        throw new AssertionError(e);
      }
    }
    return keys;
  }

  /** Cursors as a disk would keep them. */
  static final class Cursors implements CursorKeeper {
    final Map<Owner, ArchiveCursor> kept = new HashMap<>();
    private Runnable onSave = () -> {};

    void onSave(Runnable action) {
      onSave = action;
    }

    @Override
    public ArchiveCursor load(Owner owner) {
      return Objects.requireNonNullElse(kept.get(owner), ArchiveCursor.NONE);
    }

    @Override
    public void save(Owner owner, ArchiveCursor cursor) {
      onSave.run();
      kept.put(owner, cursor);
      onSave.run();
    }
  }

  /** What agents told. */
  static final class Events implements ArchiveEvents {
    final List<ArchiveFinding> findings = new ArrayList<>();
    int uploads;
    int written;
    int adopted;
    int conflicts;
    int retries;

    @Override
    public void uploaded(long objectBytes) {
      uploads++;
    }

    @Override
    public void archived(boolean own) {
      if (own) {
        written++;
      } else {
        adopted++;
      }
    }

    @Override
    public void conflict() {
      conflicts++;
    }

    @Override
    public void retried() {
      retries++;
    }

    @Override
    public void misread() {}

    @Override
    public void found(ArchiveFinding finding) {
      findings.add(finding);
    }
  }

  static ArchiveAccess access(
      ObjectStore store, SigningKey key, SimulatedClock clock, ArchiveEvents events)
      throws IOException {
    CertifiedSigners signers = new CertifiedSigners(store, root());
    return new ArchiveAccess(store, store, () -> {}, key, signers, clock, events);
  }

  /** What it does ahead, it does in its own thread, so that a run can be repeated. */
  static Agent agent(ArchiveAccess access, CommittedLog log, CursorKeeper cursors)
      throws IOException {
    return new Agent(
        access,
        log,
        cursors,
        ArchiveOptions.DEFAULTS,
        new SegmentBudget(3),
        Runnable::run,
        new Random(1));
  }
}
