package dev.assay.infra;

import dev.assay.logformat.SignerCertificate;
import dev.assay.replicastore.LeaderAccess;
import dev.assay.replicastore.Nodes;
import dev.assay.replicastore.Signer;
import dev.assay.replicastore.Signers;
import dev.assay.replicastore.Tables.Unavailable;
import dev.assay.requestrouter.RoutedAccess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the certificate of a node's signing key into the cluster's metadata, in the background and
 * as often as it takes. Archiving does not wait for it. Not ready only when another certificate is
 * there under the same fingerprint: then somebody has changed the metadata. Any thread may call.
 */
final class SignerPublication implements HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SignerPublication.class);
  private static final Duration LEADER_WAIT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Signer signer;
  private final Signers signers;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable String problem;

  private SignerPublication(Signer signer, Signers signers) {
    this.signer = signer;
    this.signers = signers;
    this.thread = Thread.ofVirtual().name("signer-" + signer.node()).unstarted(this::run);
  }

  /**
   * @param names of all nodes of the cluster
   */
  static SignerPublication start(ArchiveKeys keys, Nodes nodes, List<String> names) {
    SignerCertificate certificate = keys.key().certificate();
    return start(
        new Signer(
            certificate.fingerprint(),
            certificate.node(),
            certificate.pem(),
            keys.root().fingerprint()),
        new RoutedAccess(nodes, LEADER_WAIT),
        names);
  }

  static SignerPublication start(Signer signer, LeaderAccess leaders, List<String> names) {
    SignerPublication publication = new SignerPublication(signer, new Signers(leaders, names));
    publication.thread.start();
    return publication;
  }

  private void run() {
    try {
      while (!published() && !closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("The signing key of {} is published again", signer.node());
      }
    } catch (InterruptedException e) {
      LOG.debug("{} stops before its signing key is published", signer.node());
    } catch (RuntimeException e) {
      LOG.error("The signing key of {} can't be published", signer.node(), e);
      problem = "the signing key can't be published: " + e;
    }
  }

  /** Whether there is nothing to be done any more. */
  private boolean published() {
    try {
      switch (signers.publish(signer)) {
        case CREATED ->
            LOG.info("Published the signing key {} of {}", signer.fingerprint(), signer.node());
        case ALREADY_THERE -> LOG.debug("The signing key of {} is published", signer.node());
        case DIFFERENT -> {
          problem =
              "the metadata holds another certificate, node or root under the fingerprint of this"
                  + " node's signing key, "
                  + signer.fingerprint();
          LOG.error("{}: {}", signer.node(), problem);
        }
      }
      return true;
    } catch (Unavailable e) {
      LOG.debug("The signing key of {} is not published yet: {}", signer.node(), e.getMessage());
      return false;
    }
  }

  @Override
  public String name() {
    return "signer-" + signer.node();
  }

  @Override
  public @Nullable String problem() {
    return problem;
  }

  @Override
  public void close() throws InterruptedException {
    closed.countDown();
    thread.interrupt();
    thread.join();
  }
}
