package dev.assay.replicastore.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.logformat.FormatException;
import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import dev.assay.replicastore.PartitionId;
import dev.assay.replicastore.PartitionReply;
import dev.assay.replicastore.PartitionRequest;
import dev.assay.replicastore.PartitionRequest.Change;
import dev.assay.replicastore.expression.Bindings;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WireCodecTest {
  private static final PartitionId PARTITION =
      new PartitionId(UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), 300);
  private static final String PARTITION_HEX = "00112233445566778899aabbccddeeffac02";
  private static final Item ITEM = new Item(Map.of("a", new Value.Text("b")));

  /** The item codec's version, one attribute, its name, its value. */
  private static final String ITEM_HEX = "07" + "01" + "01" + "0161" + "530162";

  private static final byte[] KEY = {1, 2};

  @Test
  void requestsHaveTheseBytes() {
    assertHex(
        "01" + "01" + PARTITION_HEX + "020102" + "01",
        WireCodec.encode(new PartitionRequest.Get(PARTITION, KEY, true)));
    assertHex(
        "01" + "02" + PARTITION_HEX + "020102" + "00" + "01" + "64" + "8008" + "00",
        WireCodec.encode(new PartitionRequest.Range(PARTITION, KEY, null, true, 100, 1024, false)));
    assertHex(
        "01" + "02" + PARTITION_HEX + "00" + "01020102" + "00" + "01" + "01" + "01",
        WireCodec.encode(
            new PartitionRequest.Range(PARTITION, new byte[0], KEY, false, 1, 1, true)));
    assertHex(
        ("01" + "03" + PARTITION_HEX + "020102" + "01" + ITEM_HEX + "0102" + "6363")
            + ("02" + "022361" + "0161" + "022362" + "0162" + "01" + "023a76" + "03530162"),
        WireCodec.encode(
            new PartitionRequest.Write(
                PARTITION,
                KEY,
                new Change.Put(ITEM),
                "cc",
                new Bindings(Map.of("#b", "b", "#a", "a"), Map.of(":v", new Value.Text("b"))))));
    assertHex(
        "01" + "03" + PARTITION_HEX + "020102" + "02" + "00" + "00" + "00",
        WireCodec.encode(
            new PartitionRequest.Write(PARTITION, KEY, new Change.Delete(), null, Bindings.NONE)));
    assertHex(
        "01" + "03" + PARTITION_HEX + "020102" + "03" + ITEM_HEX + "0178" + "00" + "00" + "00",
        WireCodec.encode(
            new PartitionRequest.Write(
                PARTITION, KEY, new Change.Update(ITEM, "x"), null, Bindings.NONE)));
  }

  @Test
  void repliesHaveTheseBytes() {
    assertHex("01" + "01" + "00", WireCodec.encode(new PartitionReply.Got(null)));
    assertHex("01" + "01" + "01" + ITEM_HEX, WireCodec.encode(new PartitionReply.Got(ITEM)));
    assertHex(
        "01" + "02" + "01" + "020102" + ITEM_HEX + "01",
        WireCodec.encode(
            new PartitionReply.Ranged(List.of(new PartitionReply.Ranged.Entry(KEY, ITEM)), true)));
    assertHex(
        "01" + "03" + "0000000000000007" + "00" + "01" + ITEM_HEX,
        WireCodec.encode(new PartitionReply.Written(7, null, ITEM)));
    assertHex(
        "01" + "04" + "01" + ITEM_HEX, WireCodec.encode(new PartitionReply.ConditionFailed(ITEM)));
    assertHex("01" + "05" + "0161", WireCodec.encode(new PartitionReply.Invalid("a")));
    assertHex("01" + "06" + "00", WireCodec.encode(new PartitionReply.NotLeader(null)));
    assertHex("01" + "06" + "010161", WireCodec.encode(new PartitionReply.NotLeader("a")));
    assertHex("01" + "07" + "0161", WireCodec.encode(new PartitionReply.Unavailable("a")));
    assertHex("01" + "08", WireCodec.encode(new PartitionReply.Overloaded()));
    assertHex("01" + "09" + "0161", WireCodec.encode(new PartitionReply.OutcomeUnknown("a")));
  }

  @Test
  void decodedFieldsAreThoseEncoded() throws FormatException {
    var range =
        assertInstanceOf(
            PartitionRequest.Range.class,
            WireCodec.decodeRequest(
                WireCodec.encode(
                    new PartitionRequest.Range(PARTITION, KEY, null, true, 100, 1024, false))));
    assertEquals(PARTITION, range.partition());
    assertArrayEquals(KEY, range.from());
    assertNull(range.to());
    assertTrue(range.reverse());
    assertEquals(100, range.itemsMax());
    assertEquals(1024, range.bytesMax());

    assertEquals(
        new PartitionReply.Written(7, ITEM, null),
        WireCodec.decodeReply(WireCodec.encode(new PartitionReply.Written(7, ITEM, null))));
  }

  @Test
  void anotherVersionIsToldFromDamage() {
    byte[] message = WireCodec.encode(new PartitionReply.Overloaded());
    message[0] = 2;
    assertThrows(FormatException.TooNew.class, () -> WireCodec.decodeReply(message));
    message[0] = 0;
    assertThrows(FormatException.TooOld.class, () -> WireCodec.decodeReply(message));
  }

  @Test
  void secondFormsOfOneMessageAreRefused() {
    refusedRequest("an unknown kind", "01" + "04" + PARTITION_HEX + "0000");
    refusedRequest("a byte too many", "01" + "01" + PARTITION_HEX + "00" + "00" + "00");
    refusedRequest("a flag of 2", "01" + "01" + PARTITION_HEX + "00" + "02");
    refusedRequest("a key that is longer than the message", "01" + "01" + PARTITION_HEX + "7f00");
    refusedRequest(
        "names out of order",
        ("01" + "03" + PARTITION_HEX + "00" + "02" + "00")
            + ("02" + "0162" + "0161" + "0161" + "0161" + "00"));
    refusedRequest(
        "a name that comes twice",
        ("01" + "03" + PARTITION_HEX + "00" + "02" + "00")
            + ("02" + "0161" + "0161" + "0161" + "0162" + "00"));
  }

  @Test
  void aCountOfMoreThanTheMessageHoldsAllocatesNothing() {
    byte[] message = HexFormat.of().parseHex("01" + "02" + "ffffffff07" + "00");
    assertThrows(FormatException.Corrupt.class, () -> WireCodec.decodeReply(message));
  }

  private static void refusedRequest(String why, String hex) {
    byte[] message = HexFormat.of().parseHex(hex);
    assertThrows(FormatException.Corrupt.class, () -> WireCodec.decodeRequest(message), why);
  }

  private static void assertHex(String expected, byte[] actual) {
    assertEquals(expected, HexFormat.of().formatHex(actual));
  }
}
