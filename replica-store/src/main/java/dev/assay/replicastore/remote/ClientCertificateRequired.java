package dev.assay.replicastore.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SSL context for a server whose every socket demands the client's certificate, and drops a
 * client that does not finish the handshake in time.
 *
 * <p>Why it exists: Helidon 4.5.0 reads with a timeout only from sockets, not from channels; but
 * the sockets that it makes from a context it leaves without the parameters that demand a client
 * certificate, whatever its configuration says. So the demand is put where nobody can leave it out.
 * {@link NodeServer} still refuses a request that comes without a certificate.
 *
 * <p>Any thread may call.
 */
final class ClientCertificateRequired extends SSLContextSpi {
  private static final Logger LOG = LoggerFactory.getLogger(ClientCertificateRequired.class);

  private final SSLContext plain;
  private final NodeServer.Limits limits;
  private final ScheduledExecutorService timer;

  private ClientCertificateRequired(
      SSLContext plain, NodeServer.Limits limits, ScheduledExecutorService timer) {
    this.plain = plain;
    this.limits = limits;
    this.timer = timer;
  }

  static SSLContext of(SSLContext plain, NodeServer.Limits limits, ScheduledExecutorService timer) {
    return new SSLContext(
        new ClientCertificateRequired(plain, limits, timer),
        plain.getProvider(),
        plain.getProtocol()) {};
  }

  @Override
  protected void engineInit(KeyManager[] keys, TrustManager[] trusted, SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("this context is ready as it is made");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return new Factory();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return new NoServerSockets();
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return demand(plain.createSSLEngine());
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return demand(plain.createSSLEngine(host, port));
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return plain.getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return plain.getClientSessionContext();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    SSLParameters parameters = plain.getDefaultSSLParameters();
    parameters.setNeedClientAuth(true);
    return parameters;
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return plain.getSupportedSSLParameters();
  }

  private static SSLEngine demand(SSLEngine engine) {
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    return engine;
  }

  private final class Factory extends SSLSocketFactory {
    private final SSLSocketFactory sockets = plain.getSocketFactory();

    @Override
    public Socket createSocket(Socket accepted, InputStream consumed, boolean autoClose)
        throws IOException {
      accepted.setSoTimeout(Math.toIntExact(limits.idle().toMillis()));
      SSLSocket socket = (SSLSocket) sockets.createSocket(accepted, consumed, autoClose);
      socket.setUseClientMode(false);
      socket.setNeedClientAuth(true);
      Future<?> deadline =
          timer.schedule(
              () -> drop(accepted), limits.handshake().toMillis(), TimeUnit.MILLISECONDS);
      socket.addHandshakeCompletedListener(_ -> deadline.cancel(false));
      return socket;
    }

    private static void drop(Socket unfinished) {
      try {
        unfinished.close();
      } catch (IOException e) {
        LOG.info("Could not close a connection whose handshake did not end", e);
      }
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return sockets.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) {
      throw new UnsupportedOperationException("this context is for servers");
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException("this context is for servers");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException("this context is for servers");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException("this context is for servers");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException("this context is for servers");
    }
  }

  /** Somebody may hold the factory, but nobody gets from it a socket that demands nothing. */
  private final class NoServerSockets extends SSLServerSocketFactory {
    @Override
    public String[] getDefaultCipherSuites() {
      return plain.getServerSocketFactory().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return plain.getServerSocketFactory().getSupportedCipherSuites();
    }

    @Override
    public ServerSocket createServerSocket(int port) {
      throw new UnsupportedOperationException("connections are accepted before TLS begins");
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) {
      return createServerSocket(port);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
      return createServerSocket(port);
    }
  }
}
