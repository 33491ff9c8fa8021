package dev.assay.replicastore;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.Tables.Unavailable;
import dev.assay.replicastore.expression.Bindings;
import java.util.ArrayList;
import java.util.List;

/**
 * The signing keys of the cluster's nodes, kept in the metadata partition: they are only ever
 * added, so that whatever was signed can be verified. Whether a certificate is good is not looked
 * into: who reads them has the root's fingerprint from elsewhere. Blocks; any thread may call.
 */
public final class Signers {
  private final MetadataAccess metadata;

  /**
   * @param leaders finds the leader of the metadata partition
   * @param nodes the cluster's nodes
   */
  public Signers(LeaderAccess leaders, List<String> nodes) {
    this.metadata = new MetadataAccess(leaders, nodes);
  }

  /** What became of a key that was to be published. */
  public enum Publication {
    CREATED,
    /** It had been published before. */
    ALREADY_THERE,
    /** Its fingerprint has been published with another node, certificate or root. */
    DIFFERENT
  }

  /**
   * Publishes a key, unless there is one with its fingerprint. It may be repeated.
   *
   * @throws Unavailable when it is not known whether it is published
   */
  public Publication publish(Signer signer) throws Unavailable {
    byte[] key = MetadataRows.signerKey(signer.fingerprint());
    Change put = new Change.Put(MetadataRows.signerRow(signer));
    return switch (metadata.write(key, put, MetadataRows.ABSENT, Bindings.NONE)) {
      case DONE -> Publication.CREATED;
      case REFUSED -> {
        Item row = metadata.read(key);
        yield row != null && signer(row).equals(signer)
            ? Publication.ALREADY_THERE
            : Publication.DIFFERENT;
      }
      case UNKNOWN ->
          throw new Unavailable(
              "the metadata leader did not answer in time: publish the key again");
    };
  }

  /** All keys, in the order of their fingerprints. */
  public List<Signer> list() throws Unavailable {
    List<Signer> signers = new ArrayList<>();
    for (Item row : metadata.rows(MetadataRows.signers())) {
      signers.add(signer(row));
    }
    return signers;
  }

  private static Signer signer(Item row) throws Unavailable {
    try {
      return MetadataRows.signer(row);
    } catch (FormatException e) {
      throw new Unavailable("a row of the metadata partition can't be read: " + e.getMessage());
    }
  }
}
