package dev.assay.requestrouter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.assay.logformat.Item;
import dev.assay.logformat.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The body of one answer, written as a stream into memory. Used by the one thread that handles the
 * request.
 */
final class JsonResponse {
  private static final int SIZE_INITIAL = 512;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().recyclerPool(JsonRecyclerPools.newConcurrentDequePool()).build();

  private final Body body = new Body();
  private final JsonGenerator json;

  /** Begins with the answer's object. */
  JsonResponse() {
    try {
      json = FACTORY.createGenerator(body);
      json.writeStartObject();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** An error's whole body. */
  static Finished error(ApiException error) {
    return error(error.type(), error.getMessage(), error.item());
  }

  static Finished error(ErrorType type, @Nullable String message, @Nullable Item item) {
    JsonResponse response = new JsonResponse();
    response.text("__type", type.wireName);
    if (message != null) {
      response.text(type == ErrorType.SERIALIZATION ? "Message" : "message", message);
    }
    if (item != null) {
      response.item("Item", item);
    }
    return response.finish();
  }

  /** The bytes to send: the first {@code length} of {@code bytes}. */
  record Finished(byte[] bytes, int length) {
    long crc32() {
      CRC32 crc = new CRC32();
      crc.update(bytes, 0, length);
      return crc.getValue();
    }
  }

  /** Ends the answer's object. */
  Finished finish() {
    try {
      json.writeEndObject();
      json.close();
      return new Finished(body.bytes(), body.size());
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  void beginObject(String name) {
    write(() -> json.writeObjectFieldStart(name));
  }

  /** Begins an object that is an element of a list. */
  void beginObject() {
    write(json::writeStartObject);
  }

  void endObject() {
    write(json::writeEndObject);
  }

  void beginList(String name) {
    write(() -> json.writeArrayFieldStart(name));
  }

  void endList() {
    write(json::writeEndArray);
  }

  void text(String name, String text) {
    write(() -> json.writeStringField(name, text));
  }

  /** An element of a list. */
  void text(String text) {
    write(() -> json.writeString(text));
  }

  void integer(String name, long number) {
    write(() -> json.writeNumberField(name, number));
  }

  void decimal(String name, BigDecimal number) {
    write(() -> json.writeNumberField(name, number));
  }

  void bool(String name, boolean value) {
    write(() -> json.writeBooleanField(name, value));
  }

  void item(String name, Item item) {
    attributes(name, item.attributes());
  }

  void attributes(String name, Map<String, Value> attributes) {
    try {
      json.writeFieldName(name);
      map(attributes);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** An element of a list. */
  void item(Item item) {
    attributes(item.attributes());
  }

  void attributes(Map<String, Value> attributes) {
    try {
      map(attributes);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private void map(Map<String, Value> values) throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, Value> entry : values.entrySet()) {
      json.writeFieldName(entry.getKey());
      value(entry.getValue());
    }
    json.writeEndObject();
  }

  private void value(Value value) throws IOException {
    json.writeStartObject();
    switch (value) {
      case Value.Text(String text) -> json.writeStringField("S", text);
      case Value.Num(BigDecimal number) -> json.writeStringField("N", number.toPlainString());
      case Value.Bin(byte[] bytes) -> json.writeBinaryField("B", bytes);
      case Value.Bool(boolean bool) -> json.writeBooleanField("BOOL", bool);
      case Value.Null() -> json.writeBooleanField("NULL", true);
      case Value.ListOf list -> {
        json.writeArrayFieldStart("L");
        for (Value element : list.elements()) {
          value(element);
        }
        json.writeEndArray();
      }
      case Value.MapOf map -> {
        json.writeFieldName("M");
        map(map.entries());
      }
      case Value.TextSet set -> {
        json.writeArrayFieldStart("SS");
        for (String element : set.elements()) {
          json.writeString(element);
        }
        json.writeEndArray();
      }
      case Value.NumSet set -> {
        json.writeArrayFieldStart("NS");
        for (BigDecimal element : set.elements()) {
          json.writeString(element.toPlainString());
        }
        json.writeEndArray();
      }
      case Value.BinSet set -> {
        json.writeArrayFieldStart("BS");
        for (Value.Bin element : set.elements()) {
          json.writeBinary(element.bytes());
        }
        json.writeEndArray();
      }
    }
    json.writeEndObject();
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void write(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** Memory does not fail; what remains is text without UTF-8, which requests can't bring in. */
  private static UncheckedIOException unreachable(IOException e) {
    return new UncheckedIOException(e);
  }

  /** Gives its bytes away without a copy. */
  private static final class Body extends ByteArrayOutputStream {
    Body() {
      super(SIZE_INITIAL);
    }

    byte[] bytes() {
      return buf;
    }
  }
}
