package dev.assay.replicastore.remote;

import dev.assay.logformat.BytesReader;
import dev.assay.logformat.BytesWriter;
import dev.assay.logformat.FormatException;
import dev.assay.logformat.FormatException.Corrupt;
import dev.assay.replicastore.NodeCalls.CallFailed;
import dev.assay.replicastore.NodeCalls.Checkpoint;
import dev.assay.replicastore.NodeCalls.CheckpointDigest;
import dev.assay.replicastore.NodeCalls.ReplicaStatus;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.consensus.Group;
import dev.assay.replicastore.remote.Call.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Calls to a node and their answers as bytes, between processes of one cluster.
 *
 * <pre>
 *   message    version (1 byte, 01), kind (1 byte), fields
 *
 *   call    1  Replicas
 *           2  Barrier          partition, run
 *           3  TakeCheckpoint   partition, run
 *           4  Find             partition, run
 *           5  Digest           partition, run
 *           6  Read             partition, run, file, offset (8 bytes), bytesMax
 *           7  Release          partition, run
 *   answer  1  Statuses  count, status...    2  Position lsn
 *           3  Found     position, count, (file, size (8 bytes))...
 *           4  Digested  position, digest (16 bytes), items (8 bytes)
 *           5  Part      bytes               6  Released
 *           7  NotFound text                 8  NotLeader text?
 *           9  Unavailable text             10  OutcomeUnknown text
 *   status  partition, term, role (1 byte), leader?, last, flushed, committed, first LSN
 *           (8 bytes each), applied position, why stopped?
 * </pre>
 *
 * <p>Fields are as in {@link WireCodec}; a run is 16 bytes, a position is LSN and term. Any thread
 * may call.
 */
final class CallCodec {
  static final int VERSION = 1;

  private static final String CALL = "node call";
  private static final String ANSWER = "node answer";

  /** A role's number on the wire is its place here. */
  private static final List<Group.Role> ROLES =
      List.of(
          Group.Role.LEADER,
          Group.Role.LEADER_STARTING,
          Group.Role.FOLLOWER,
          Group.Role.CANDIDATE,
          Group.Role.CATCHING_UP,
          Group.Role.STOPPED);

  private CallCodec() {}

  static byte[] encode(Call call) {
    BytesWriter out = new BytesWriter().u8(VERSION);
    switch (call) {
      case Call.Replicas() -> out.u8(1);
      case Call.Barrier(PartitionId partition, UUID run) -> run(out.u8(2), partition, run);
      case Call.TakeCheckpoint(PartitionId partition, UUID run) -> run(out.u8(3), partition, run);
      case Call.Find(PartitionId partition, UUID run) -> run(out.u8(4), partition, run);
      case Call.Digest(PartitionId partition, UUID run) -> run(out.u8(5), partition, run);
      case Call.Read read -> {
        run(out.u8(6), read.partition(), read.run());
        out.text(read.file()).i64(read.offset()).varint(read.bytesMax());
      }
      case Call.Release(PartitionId partition, UUID run) -> run(out.u8(7), partition, run);
    }
    return out.toBytes();
  }

  static Call decodeCall(byte[] message) throws FormatException {
    BytesReader in = new BytesReader(message);
    Fields.version(in, VERSION, CALL);
    int kind = in.u8(CALL);
    Call call =
        switch (kind) {
          case 1 -> new Call.Replicas();
          case 2 -> new Call.Barrier(Fields.partition(in), in.uuid("run"));
          case 3 -> new Call.TakeCheckpoint(Fields.partition(in), in.uuid("run"));
          case 4 -> new Call.Find(Fields.partition(in), in.uuid("run"));
          case 5 -> new Call.Digest(Fields.partition(in), in.uuid("run"));
          case 6 ->
              new Call.Read(
                  Fields.partition(in),
                  in.uuid("run"),
                  in.text("file"),
                  notNegative(in.i64("offset"), "offset"),
                  in.varint("most bytes"));
          case 7 -> new Call.Release(Fields.partition(in), in.uuid("run"));
          default -> throw new Corrupt(CALL, "a kind from 1 to 7", kind);
        };
    in.end(CALL);
    return call;
  }

  static byte[] encode(Answer answer) {
    BytesWriter out = new BytesWriter().u8(VERSION);
    switch (answer) {
      case Answer.Statuses(List<ReplicaStatus> replicas) -> {
        out.u8(1).varint(replicas.size());
        replicas.forEach(replica -> status(out, replica));
      }
      case Answer.Position(long lsn) -> out.u8(2).i64(lsn);
      case Answer.Found(Checkpoint checkpoint) -> {
        Fields.position(out.u8(3), checkpoint.position());
        out.varint(checkpoint.files().size());
        checkpoint.files().forEach(file -> out.text(file.name()).i64(file.sizeBytes()));
      }
      case Answer.Digested(CheckpointDigest digest) -> {
        Fields.position(out.u8(4), digest.position());
        out.digest(digest.digest()).i64(digest.items());
      }
      case Answer.Part(byte[] bytes) -> out.u8(5).sized(bytes);
      case Answer.Released() -> out.u8(6);
      case Answer.Failed(CallFailed failure) -> failed(out, failure);
    }
    return out.toBytes();
  }

  static Answer decodeAnswer(byte[] message) throws FormatException {
    BytesReader in = new BytesReader(message);
    Fields.version(in, VERSION, ANSWER);
    int kind = in.u8(ANSWER);
    Answer answer =
        switch (kind) {
          case 1 -> new Answer.Statuses(statuses(in));
          case 2 -> new Answer.Position(in.i64("position"));
          case 3 -> new Answer.Found(new Checkpoint(Fields.position(in), files(in)));
          case 4 ->
              new Answer.Digested(
                  new CheckpointDigest(
                      Fields.position(in), in.digest("digest"), in.i64("count of items")));
          case 5 -> new Answer.Part(in.sized("part of a file"));
          case 6 -> new Answer.Released();
          case 7 -> new Answer.Failed(new CallFailed.NotFound(in.text("what")));
          case 8 -> new Answer.Failed(new CallFailed.NotLeader(Fields.optionalText(in, "leader")));
          case 9 -> new Answer.Failed(new CallFailed.Unavailable(in.text("reason")));
          case 10 -> new Answer.Failed(new CallFailed.OutcomeUnknown(in.text("reason")));
          default -> throw new Corrupt(ANSWER, "a kind from 1 to 10", kind);
        };
    in.end(ANSWER);
    return answer;
  }

  private static void run(BytesWriter out, PartitionId partition, UUID run) {
    Fields.partition(out, partition);
    out.uuid(run);
  }

  private static void failed(BytesWriter out, CallFailed failure) {
    switch (failure) {
      case CallFailed.NotFound notFound -> out.u8(7).text(message(notFound));
      case CallFailed.NotLeader notLeader -> Fields.optionalText(out.u8(8), notLeader.leader());
      case CallFailed.Unavailable unavailable -> out.u8(9).text(message(unavailable));
      case CallFailed.OutcomeUnknown unknown -> out.u8(10).text(message(unknown));
    }
  }

  private static String message(CallFailed failure) {
    String message = failure.getMessage();
    return message == null ? "" : message;
  }

  private static void status(BytesWriter out, ReplicaStatus replica) {
    Group.Status group = replica.group();
    Fields.partition(out, replica.partition());
    out.i64(group.term()).u8(ROLES.indexOf(group.role()));
    Fields.optionalText(out, group.leader());
    out.i64(group.lastLsn()).i64(group.flushedLsn());
    out.i64(group.committedLsn()).i64(group.firstLsn());
    Fields.position(out, replica.applied());
    Fields.optionalText(out, replica.stopped());
  }

  private static List<ReplicaStatus> statuses(BytesReader in) throws FormatException {
    int count = in.count(1, "count of replicas");
    List<ReplicaStatus> replicas = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      PartitionId partition = Fields.partition(in);
      Group.Status group =
          new Group.Status(
              in.i64("term"),
              role(in),
              Fields.optionalText(in, "leader"),
              in.i64("last position"),
              in.i64("flushed position"),
              in.i64("committed position"),
              in.i64("first position"));
      replicas.add(
          new ReplicaStatus(
              partition, group, Fields.position(in), Fields.optionalText(in, "why stopped")));
    }
    return replicas;
  }

  private static Group.Role role(BytesReader in) throws FormatException {
    int role = in.u8("role");
    if (role >= ROLES.size()) {
      throw new Corrupt("role", "less than " + ROLES.size(), role);
    }
    return ROLES.get(role);
  }

  private static List<Checkpoint.File> files(BytesReader in) throws FormatException {
    int count = in.count(1, "count of files");
    List<Checkpoint.File> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = in.text("file");
      long sizeBytes = in.i64("size");
      try {
        files.add(new Checkpoint.File(name, sizeBytes));
      } catch (IllegalArgumentException e) {
        throw new Corrupt("file", "a plain name and a size", e);
      }
    }
    return files;
  }

  private static long notNegative(long value, String what) throws FormatException {
    if (value < 0) {
      throw new Corrupt(what, "0 or more", value);
    }
    return value;
  }
}
