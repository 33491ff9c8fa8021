package dev.assay.archiver;

import static dev.assay.archiver.ObjectStore.Created.CREATED;
import static dev.assay.archiver.ObjectStore.Created.EXISTS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ObjectStore.Created;
import dev.assay.archiver.ObjectStore.Entry;
import dev.assay.archiver.ObjectStore.Listing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** What every object store must do. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class ObjectStoreContract {
  static final int MIB = 1 << 20;

  private String prefix = "";

  abstract ObjectStore store();

  /** Tests share a bucket, so each keeps to keys of its own. */
  @BeforeEach
  void chooseKeys(TestInfo test) {
    prefix =
        "%s/%s/"
            .formatted(getClass().getSimpleName(), test.getTestMethod().orElseThrow().getName());
  }

  @Test
  void whatWasCreatedIsRead() throws IOException {
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 1000, 16 * MIB}) {
      byte[] object = new byte[size];
      random.nextBytes(object);
      assertEquals(CREATED, store().create(prefix + size, object));
      assertArrayEquals(object, store().get(prefix + size, 16 * MIB));
      assertArrayEquals(object, stream(prefix + size, 16 * MIB));
    }
  }

  @Test
  void secondCreateFindsTheFirst() throws StoreFailed {
    assertEquals(CREATED, store().create(prefix + "a", bytes("first")));
    assertEquals(EXISTS, store().create(prefix + "a", bytes("second")));
    assertArrayEquals(bytes("first"), store().get(prefix + "a", 100));
  }

  @Test
  void oneOfManyCreatesTheObject() throws Exception {
    int threads = 8;
    int rounds = 5;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int round = 0; round < rounds; round++) {
        String key = prefix + "round-" + round;
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Callable<Created>> creates = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          byte[] object = content(i);
          creates.add(
              () -> {
                together.await();
                return store().create(key, object);
              });
        }
        List<Created> answers = new ArrayList<>();
        for (Future<Created> each : executor.invokeAll(creates)) {
          answers.add(each.get());
        }
        assertEquals(1, answers.stream().filter(CREATED::equals).count(), answers.toString());
        assertArrayEquals(content(answers.indexOf(CREATED)), store().get(key, MIB));
      }
    }
  }

  private static byte[] content(int writer) {
    byte[] object = new byte[100_000 + writer];
    Arrays.fill(object, (byte) writer);
    return object;
  }

  @Test
  void nothingIsReadWhereNothingIs() throws StoreFailed {
    assertNull(store().get(prefix + "nothing", 10));
    assertNull(store().open(prefix + "nothing", 10));
  }

  @Test
  void longerObjectThanAskedForIsRefused() throws IOException {
    store().create(prefix + "a", new byte[1000]);
    StoreFailed failed = assertThrows(StoreFailed.class, () -> store().get(prefix + "a", 999));
    assertFalse(failed.temporary());
    assertFalse(assertThrows(StoreFailed.class, () -> stream(prefix + "a", 999)).temporary());
    assertArrayEquals(new byte[1000], store().get(prefix + "a", 1000));
    assertArrayEquals(new byte[1000], stream(prefix + "a", 1000));
  }

  /** In pieces, as who decodes it reads it. */
  private byte[] stream(String key, long bytesMax) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream object = store().open(key, bytesMax)) {
      assertNotNull(object, key);
      object.transferTo(bytes);
    }
    return bytes.toByteArray();
  }

  @Test
  void partOfABufferIsCreated() throws StoreFailed {
    ByteBuffer object = ByteBuffer.wrap(bytes("unseen object unseen")).position(7).limit(13);
    assertEquals(CREATED, store().create(prefix + "a", object));
    assertArrayEquals(bytes("object"), store().get(prefix + "a", 100));
    assertEquals(6, object.remaining());
  }

  @Test
  void streamMayBeLeftBeforeItsEnd() throws IOException {
    store().create(prefix + "a", new byte[MIB]);
    for (int i = 0; i < 3; i++) {
      try (InputStream object = store().open(prefix + "a", MIB)) {
        assertNotNull(object);
        assertEquals(0, object.read());
      }
    }
  }

  @Test
  void listingIsInTheOrderOfBytes() throws StoreFailed {
    List<String> keys =
        List.of("A.seg", "a-b/1", "a.b/1", "a/00000000000000000001.seg", "a/b.c", "a_b/1", "b~");
    for (String key : keys.reversed()) {
      store().create(prefix + key, bytes(key));
    }
    Listing listing = store().list(prefix, "", 100);
    assertFalse(listing.more());
    assertEquals(
        keys.stream().map(key -> new Entry(prefix + key, key.length())).toList(),
        listing.entries());
  }

  @Test
  void listingGoesOnAfterAKey() throws StoreFailed {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      String key = "%swal/%020d.seg".formatted(prefix, i * 7);
      keys.add(key);
      store().create(key, bytes(key));
    }
    List<String> found = new ArrayList<>();
    String after = "";
    Listing page;
    do {
      page = store().list(prefix + "wal/", after, 5);
      assertTrue(page.entries().size() <= 5);
      page.entries().forEach(entry -> found.add(entry.key()));
      after = found.getLast();
    } while (page.more());
    assertEquals(keys, found);
    // A key that is not there will do as well.
    Listing rest =
        store().list(prefix + "wal/", "%swal/%020d.seg".formatted(prefix, 20 * 7 + 1), 9);
    assertEquals(keys.subList(21, 23), rest.entries().stream().map(Entry::key).toList());
    assertFalse(rest.more());
  }

  @Test
  void listingHoldsOnlyItsPrefix() throws StoreFailed {
    for (String key : List.of("t/1", "t/2", "t2/1", "s/1")) {
      store().create(prefix + key, bytes(key));
    }
    assertEquals(
        List.of(prefix + "t/1", prefix + "t/2"),
        store().list(prefix + "t/", "", 10).entries().stream().map(Entry::key).toList());
    assertEquals(3, store().list(prefix + "t", "", 10).entries().size());
    assertEquals(List.of(), store().list(prefix + "nothing/", "", 10).entries());
  }

  @Test
  void keysOfTheArchiveAreKept() throws StoreFailed {
    String key =
        prefix
            + "cluster-1/My_Table.v2/0193b7a0-0000-7000-8000-000000000001/7/wal/"
            + "00000000000000000042.manifest.json";
    assertEquals(CREATED, store().create(key, bytes("{}\n")));
    assertArrayEquals(bytes("{}\n"), store().get(key, 10));
    assertEquals(List.of(new Entry(key, 3)), store().list(prefix, "", 10).entries());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
