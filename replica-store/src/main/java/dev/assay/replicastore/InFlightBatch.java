package dev.assay.replicastore;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A batch from its evaluation until its outcome is known, and who waits for it. */
final class InFlightBatch {
  final long term;
  final long sequence;

  /**
   * Completes with true when the batch was accepted, with false when it came to nothing certain.
   */
  final CompletableFuture<Boolean> resolved = new CompletableFuture<>();

  private final List<Writer> writers = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();

  InFlightBatch(long term, long sequence) {
    this.term = term;
    this.sequence = sequence;
  }

  /** A request whose mutation is in this batch. */
  private record Writer(
      CompletableFuture<PartitionReply> reply, EvaluatedWrite.@Nullable Logged write) {}

  /** A request that changes nothing: its answer holds if this batch is accepted. */
  private record Reader(CompletableFuture<PartitionReply> reply, PartitionReply answer) {}

  void addWriter(CompletableFuture<PartitionReply> reply, EvaluatedWrite.@Nullable Logged write) {
    writers.add(new Writer(reply, write));
  }

  void addReader(CompletableFuture<PartitionReply> reply, PartitionReply answer) {
    readers.add(new Reader(reply, answer));
  }

  boolean hasWriters() {
    return !writers.isEmpty();
  }

  List<CompletableFuture<PartitionReply>> readersReplies() {
    return readers.stream().map(Reader::reply).toList();
  }

  void answerReaders() {
    readers.forEach(reader -> reader.reply.complete(reader.answer));
  }

  void refuseReaders(PartitionReply refusal) {
    readers.forEach(reader -> reader.reply.complete(refusal));
  }

  void accepted(long lsn) {
    for (Writer writer : writers) {
      EvaluatedWrite.Logged write = writer.write;
      writer.reply.complete(
          write == null
              ? new PartitionReply.Written(lsn, null, null)
              : new PartitionReply.Written(lsn, write.before(), write.after()));
    }
    answerReaders();
    resolved.complete(true);
  }

  /**
   * @param toWriters what the writers are told
   * @param toReaders what the readers are told: certainly nothing was done for them
   */
  void failed(PartitionReply toWriters, PartitionReply toReaders) {
    writers.forEach(writer -> writer.reply.complete(toWriters));
    refuseReaders(toReaders);
    resolved.complete(false);
  }
}
