package dev.assay.replicastore.consensus;

import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** How the nodes' consensus reaches one another. */
public sealed interface Transport {

  /**
   * gRPC over sockets.
   *
   * @param address {@code host:port} to listen on, and on no other interface
   * @param tls null: plaintext, for tests alone
   */
  record Sockets(String address, @Nullable Tls tls) implements Transport {}

  /** Calls within one process, for nodes that all live in it. */
  record InProcess(InProcessNetwork network) implements Transport {}

  /**
   * Mutual TLS: both sides show a certificate that the other trusts, and the called side's must
   * name the host in its address.
   */
  record Tls(KeyManager key, TrustManager trust) {}
}
