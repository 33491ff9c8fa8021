package dev.assay.replicastore.remote;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * What a process shows to the others of its cluster, and whom it believes.
 *
 * <p>Nodes are known by name, not by address: a node's certificate carries {@code dns:<node>}, and
 * who asks for one node accepts no other, although the same authority signed for all. So a wrong
 * address in a configuration, or one node answering on another's port, can't send a request to the
 * wrong replica.
 *
 * @param own this process's key and certificate
 * @param authority accepts what the cluster's authority signed, and nothing else
 */
public record NodeTls(X509ExtendedKeyManager own, X509TrustManager authority) {
  static final String PROTOCOL = "TLSv1.3";

  /** {@link X509Certificate#getSubjectAlternativeNames} gives pairs of a type and a name. */
  private static final Integer DNS_NAME = 2;

  /** For calling the node of this name, and nobody else. */
  SSLContext toNode(String node) throws GeneralSecurityException {
    return context(new OnlyNode(node, authority));
  }

  /** For being called by whoever the authority signed for. */
  SSLContext fromAnybodyCertified() throws GeneralSecurityException {
    return context(authority);
  }

  private SSLContext context(TrustManager trusted) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance(PROTOCOL);
    context.init(new KeyManager[] {own}, new TrustManager[] {trusted}, null);
    return context;
  }

  /**
   * Accepts a server only with a certificate for one node. It stands in the place of the JDK's
   * check of the host name, which knows the address alone: an extended trust manager is asked
   * instead of it, not after it.
   */
  private static final class OnlyNode extends X509ExtendedTrustManager {
    private final String node;
    private final X509TrustManager authority;

    OnlyNode(String node, X509TrustManager authority) {
      this.node = node.toLowerCase(Locale.ROOT);
      this.authority = authority;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      authority.checkServerTrusted(chain, authType);
      List<String> names = dnsNames(chain[0]);
      if (!names.contains(node)) {
        throw new CertificateException(
            "asked for " + node + ", but the certificate shown is for " + names);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this side calls, and is not called");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authority.getAcceptedIssuers();
    }

    private static List<String> dnsNames(X509Certificate certificate)
        throws CertificateParsingException {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        return List.of();
      }
      return names.stream()
          .filter(name -> DNS_NAME.equals(name.get(0)))
          .map(name -> String.valueOf(name.get(1)).toLowerCase(Locale.ROOT))
          .toList();
    }
  }
}
