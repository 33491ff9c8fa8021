package dev.assay.archiver;

import static dev.assay.archiver.ObjectStore.Created.CREATED;
import static dev.assay.archiver.ObjectStore.Created.EXISTS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.FaultyServer.Fault;
import dev.assay.archiver.ObjectStore.Created;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the clients make of a store that fails in every way but one: it never lies. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FaultyServerTest {
  private static final byte[] OBJECT = new byte[300_000];
  private static final String KEY = "a/b";
  private static final String PATH = "/bucket/a/b";

  private FaultyServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = new FaultyServer();
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  private S3Options options() {
    return S3Options.of(
        server.endpoint(), "us-east-1", "bucket", new S3Credentials("test", "secret-of-test"));
  }

  private ObjectStore open(Client client) throws IOException {
    return client.open(options());
  }

  /** Waits for a silent server as briefly as a loaded machine allows, for others as usual. */
  private ObjectStore open(Client client, Fault fault) throws IOException {
    return switch (fault) {
      case SILENCE, DONE_AND_SILENT ->
          client.open(options().withTimes(Duration.ofMillis(700), Duration.ofMillis(2500)));
      case NONE, ANSWER_500, ANSWER_503, CUT, HALF_BODY, DONE_AND_CUT, DONE_AND_500 -> open(client);
    };
  }

  static Stream<Arguments> faultsBeforeTheStoreActs() {
    return each(List.of(Fault.ANSWER_500, Fault.ANSWER_503, Fault.SILENCE, Fault.CUT));
  }

  static Stream<Arguments> faultsAfterTheStoreActed() {
    return each(List.of(Fault.DONE_AND_500, Fault.DONE_AND_CUT, Fault.DONE_AND_SILENT));
  }

  private static Stream<Arguments> each(List<Fault> faults) {
    List<Arguments> all = new ArrayList<>();
    for (Client client : Client.values()) {
      faults.forEach(fault -> all.add(Arguments.of(client, fault)));
    }
    return all.stream();
  }

  @ParameterizedTest
  @EnumSource
  void serverWithoutFaultsIsUnderstood(Client client) throws IOException {
    try (ObjectStore store = open(client)) {
      assertEquals(null, store.get(KEY, OBJECT.length));
      assertEquals(CREATED, store.create(KEY, OBJECT));
      assertEquals(EXISTS, store.create(KEY, new byte[1]));
      assertArrayEquals(OBJECT, store.get(KEY, OBJECT.length));
      assertArrayEquals(OBJECT, server.objects.get(PATH));
    }
  }

  @ParameterizedTest
  @MethodSource("faultsBeforeTheStoreActs")
  void faultThatStaysIsATemporaryFailure(Client client, Fault fault) throws IOException {
    server.plan(fault);
    try (ObjectStore store = open(client, fault)) {
      assertTemporary(assertThrows(StoreFailed.class, () -> store.create(KEY, OBJECT)));
      assertTemporary(assertThrows(StoreFailed.class, () -> store.get(KEY, OBJECT.length)));
      assertTemporary(assertThrows(StoreFailed.class, () -> store.list("", "", 10)));
    }
    assertEquals(0, server.creates.get());
  }

  @ParameterizedTest
  @MethodSource("faultsBeforeTheStoreActs")
  void faultThatPassesIsOvercomeByAskingAgain(Client client, Fault fault) throws IOException {
    server.plan(fault, Fault.NONE);
    try (ObjectStore store = open(client, fault)) {
      assertEquals(CREATED, untilAnswered(store));
      server.plan(fault, Fault.NONE);
      assertArrayEquals(OBJECT, readUntilAnswered(store));
    }
    assertEquals(1, server.creates.get());
  }

  @ParameterizedTest
  @EnumSource
  void overloadedStoreIsAskedAgainWithinTheCall(Client client) throws IOException {
    server.plan(Fault.ANSWER_503, Fault.ANSWER_503, Fault.NONE);
    try (ObjectStore store = open(client)) {
      assertEquals(CREATED, store.create(KEY, OBJECT));
    }
  }

  @ParameterizedTest
  @MethodSource("faultsAfterTheStoreActed")
  void createWhoseAnswerIsLostIsNeverDoneTwice(Client client, Fault fault) throws IOException {
    server.plan(fault, Fault.NONE);
    try (ObjectStore store = open(client, fault)) {
      // The first call may meet its own echo, or not know. It can't have been told CREATED.
      assertEquals(EXISTS, untilAnswered(store));
      assertArrayEquals(OBJECT, store.get(KEY, OBJECT.length));
    }
    assertEquals(1, server.creates.get());
  }

  @ParameterizedTest
  @EnumSource
  void halfABodyIsNeverTakenForAnObject(Client client) throws IOException {
    try (ObjectStore store = open(client)) {
      store.create(KEY, OBJECT);
      server.plan(Fault.HALF_BODY);
      assertTemporary(assertThrows(StoreFailed.class, () -> store.get(KEY, OBJECT.length)));
      server.plan(Fault.HALF_BODY);
      assertTemporary(assertThrows(StoreFailed.class, () -> drain(store)));
      server.plan(Fault.HALF_BODY, Fault.NONE);
      assertArrayEquals(OBJECT, readUntilAnswered(store));
    }
  }

  private static void drain(ObjectStore store) throws IOException {
    try (InputStream object = store.open(KEY, OBJECT.length)) {
      assertNotNull(object);
      object.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void assertTemporary(StoreFailed failed) {
    assertTrue(failed.temporary(), failed.getMessage());
  }

  /** Asks as an agent does: again after every temporary failure. */
  private static Created untilAnswered(ObjectStore store) throws StoreFailed {
    for (int tries = 0; tries < 4; tries++) {
      try {
        return store.create(KEY, OBJECT);
      } catch (StoreFailed e) {
        assertTemporary(e);
      }
    }
    throw new AssertionError("no answer");
  }

  private static byte[] readUntilAnswered(ObjectStore store) throws StoreFailed {
    for (int tries = 0; tries < 4; tries++) {
      try {
        byte[] object = store.get(KEY, OBJECT.length);
        if (object != null) {
          return object;
        }
      } catch (StoreFailed e) {
        assertTemporary(e);
      }
    }
    throw new AssertionError("no answer");
  }
}
