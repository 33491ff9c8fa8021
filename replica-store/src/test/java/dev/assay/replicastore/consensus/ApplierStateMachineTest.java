package dev.assay.replicastore.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.replicastore.consensus.LogEntry.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What Ratis tells, in the ways in which it tells it, becomes one sequence. */
class ApplierStateMachineTest {
  private static final RaftConfigurationProto CONFIGURATION =
      RaftConfigurationProto.getDefaultInstance();

  private final RecordingApplier applier = new RecordingApplier(new HashMap<>());
  private final List<String> events = new ArrayList<>();
  private final ApplierStateMachine machine =
      new ApplierStateMachine(
          applier,
          new ApplierStateMachine.Events() {
            @Override
            public void applied(LogPosition position) {}

            @Override
            public void leaderReady(long term) {
              events.add("ready " + term + " after " + applier.applied().lsn());
            }

            @Override
            public void rolesChanged() {}

            @Override
            public void replicaStopped(String why, @Nullable Throwable cause) {
              events.add("stopped: " + why);
            }

            @Override
            public void fatal(String what, @Nullable Throwable cause) {
              events.add("fatal: " + what);
            }

            @Override
            public void truncating(long lsn) {
              events.add("truncating " + lsn);
            }

            @Override
            public void closedByRatis() {
              events.add("closed");
            }
          });

  private void data(long term, long lsn) {
    LogEntryProto entry =
        LogEntryProto.newBuilder()
            .setTerm(term)
            .setIndex(lsn)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder()
                    .setLogData(ByteString.copyFromUtf8("entry " + lsn)))
            .build();
    machine.applyTransaction(machine.startTransaction(entry, RaftPeerRole.FOLLOWER)).join();
  }

  private void configuration(long term, long lsn, boolean makesReady) {
    machine.notifyConfigurationChanged(term, lsn, CONFIGURATION);
    if (makesReady) {
      machine.notifyLeaderReady();
    }
    machine.notifyTermIndexUpdated(term, lsn);
  }

  private List<Kind> kinds() {
    return applier.entries().stream().map(LogEntry::kind).toList();
  }

  @Test
  void everyKindOfEntryTakesItsPlace() {
    configuration(1, 0, false);
    data(1, 1);
    machine.notifyTermIndexUpdated(1, 2);
    data(1, 3);
    assertEquals(List.of(Kind.CONFIGURATION, Kind.DATA, Kind.METADATA, Kind.DATA), kinds());
    assertEquals(new LogPosition(3, 1), machine.applied());
    assertEquals(List.of(), events);
  }

  @Test
  void aLeaderIsReadyOnceItsFirstEntryIsApplied() {
    configuration(1, 0, false);
    data(1, 1);
    configuration(2, 2, true);
    assertEquals(List.of("ready 2 after 2"), events);
  }

  @Test
  void whatALeaderSaysOfItsConfigurationIsNoEntry() {
    configuration(1, 0, false);
    machine.notifyConfigurationChanged(0, 1, CONFIGURATION);
    assertEquals(new LogPosition(0, 1), machine.applied());
    data(1, 1);
    assertEquals(List.of(Kind.CONFIGURATION, Kind.DATA), kinds());
  }

  @Test
  void whatTheLogRepeatsIsNotAppliedAgain() {
    configuration(1, 0, false);
    data(1, 1);
    configuration(1, 0, false);
    data(1, 1);
    data(1, 2);
    assertEquals(3, applier.entries().size());
  }

  @Test
  void aHoleStopsTheReplica() {
    configuration(1, 0, false);
    data(1, 2);
    data(1, 1);
    assertEquals(List.of("stopped: the log goes on at 2 where 1 is due"), events);
    assertEquals(new LogPosition(0, 1), machine.applied());
  }

  @Test
  void nothingIsAppliedAfterAnApplyThatFailed() {
    configuration(1, 0, false);
    applier.failToApply();
    data(1, 1);
    assertEquals(List.of("fatal: applying entry 1 failed"), events);
    data(1, 2);
    assertEquals(1, events.size());
    assertTrue(machine.isStopped());
  }

  @Test
  void anEndThatNobodyHereAskedForIsTold() {
    machine.close();
    assertEquals(List.of("closed"), events);
  }

  @Test
  void anEndThatWasAskedForIsNot() {
    machine.expectClose();
    machine.close();
    assertEquals(List.of(), events);
    assertFalse(machine.isStopped());
  }
}
