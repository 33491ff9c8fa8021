package dev.assay.replicastore;

import dev.assay.logformat.Sha256;

/**
 * A key that a node signs its manifests with.
 *
 * @param fingerprint SHA-256 of the certificate in DER
 * @param node whose key it is
 * @param certificate in PEM
 * @param root the fingerprint of the cluster's root certificate, which certifies it
 */
public record Signer(Sha256 fingerprint, String node, String certificate, Sha256 root) {}
