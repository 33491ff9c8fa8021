package dev.assay.logformat;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cluster's root, and the nodes' keys that it has issued. */
final class Signers implements SignerLookup {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final Duration VALIDITY = Duration.ofDays(30);

  private final Map<Sha256, SignerCertificate> issued = new HashMap<>();
  private final SigningAuthority authority;

  Signers(String cluster) {
    authority = SigningAuthority.create(cluster, new SecureRandom(), InstantSource.fixed(NOW));
  }

  SigningAuthority authority() {
    return authority;
  }

  ClusterRoot root() {
    return authority.root();
  }

  SigningKey key(String node) throws FormatException {
    SigningAuthority.Issued pems = authority.issue(node, VALIDITY);
    SignerCertificate certificate = SignerCertificate.parse(pems.certificatePem());
    issued.put(certificate.fingerprint(), certificate);
    return SigningKey.parse(pems.privateKeyPem(), certificate);
  }

  @Override
  public @Nullable SignerCertificate find(Sha256 fingerprint) throws UntrustedSigner {
    SignerCertificate certificate = issued.get(fingerprint);
    if (certificate != null) {
      root().requireCertified(certificate);
    }
    return certificate;
  }
}
