package dev.assay.replicastore.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Whether a server can listen at an address. Helidon logs a failure to bind and goes on without
 * listening, so every server of ours asks first.
 */
public final class ListenAddress {
  private ListenAddress() {}

  /**
   * @throws IOException when the port is taken or the address is not of this machine; the message
   *     names both
   */
  public static void requireFree(InetSocketAddress address) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address);
    } catch (IOException e) {
      throw new IOException(
          "can't listen on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
  }
}
