package dev.assay.logformat;

import dev.assay.logformat.tree.DigestSuite;
import dev.assay.logformat.tree.Subtree;
import java.util.List;
import java.util.UUID;

/**
 * The reference of one partition at one position of its log: the root of the tree, what else the
 * state is made of, and where the tree's nodes are. {@link ReferenceRootCodec} draws its record.
 *
 * @param lsn of the last frame that was folded
 * @param segmentLsn the first LSN of the archived segment that holds it
 * @param term of that frame
 * @param cursorTerm of the last batch that was accepted; 0 when there is none
 * @param cursorSequence of the same batch
 * @param time the hybrid time of the same batch
 * @param base of the base root's record that an ingest has named; {@link Sha256#NONE} when the
 *     state began empty
 * @param manifest of the manifest file of that segment
 * @param chain the {@link SegmentChain} up to and including that segment
 * @param lineageBreaks how many mutations since the state began did not find the item that they say
 *     they replace
 * @param tree its root; its node's {@code place} is in one of {@code packs}
 * @param packs that hold nodes of the tree, their numbers ascending
 * @param writer the node that signs
 * @param key the fingerprint of the certificate of the key that signs
 * @param writtenAtMs when the record was signed, by the writer's clock
 */
public record ReferenceRoot(
    String cluster,
    String table,
    UUID tableId,
    int partition,
    long lsn,
    long segmentLsn,
    long term,
    long cursorTerm,
    long cursorSequence,
    long time,
    Sha256 base,
    Sha256 manifest,
    Sha256 chain,
    long lineageBreaks,
    DigestSuite suite,
    Subtree tree,
    List<Pack> packs,
    String writer,
    Sha256 key,
    long writtenAtMs) {

  public ReferenceRoot {
    packs = List.copyOf(packs);
  }

  /** The same state with its nodes in other packs, as this signer writes it down then. */
  public ReferenceRoot moved(
      Subtree movedTree, List<Pack> newPacks, SignerCertificate signer, long atMs) {
    return new ReferenceRoot(
        cluster,
        table,
        tableId,
        partition,
        lsn,
        segmentLsn,
        term,
        cursorTerm,
        cursorSequence,
        time,
        base,
        manifest,
        chain,
        lineageBreaks,
        suite,
        movedTree,
        newPacks,
        signer.node(),
        signer.fingerprint(),
        atMs);
  }

  /**
   * A pack, as {@link PackFormat} draws it.
   *
   * @param number by which the places in this tree call it
   * @param bytes all of them
   * @param liveBytes those of nodes that are in the tree
   * @param sha256 of all its bytes, which is its name
   */
  public record Pack(int number, long bytes, long liveBytes, Sha256 sha256) {}
}
