package dev.assay.logformat.tree;

import dev.assay.logformat.Sha256;
import java.util.ArrayList;
import java.util.List;

/** Keeps the nodes of trees, and counts those that it takes and gives. */
final class NodesInMemory implements NodeSink, NodeSource {
  private final List<byte[]> nodes = new ArrayList<>();
  private int kept;
  private int read;

  @Override
  public Place keep(byte[] node) {
    kept++;
    nodes.add(node);
    return new Place(1, nodes.size() - 1, node.length, Sha256.NONE);
  }

  @Override
  public byte[] bytes(Subtree subtree) {
    read++;
    return nodes.get(subtree.place().offset()).clone();
  }

  /** Plants a fault: other bytes in place of that node's. */
  void replace(int node, byte[] bytes) {
    nodes.set(node, bytes);
  }

  byte[] node(int node) {
    return nodes.get(node).clone();
  }

  int size() {
    return nodes.size();
  }

  int kept() {
    return kept;
  }

  int read() {
    return read;
  }

  void countFromHere() {
    kept = 0;
    read = 0;
  }
}
