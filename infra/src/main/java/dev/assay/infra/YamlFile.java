package dev.assay.infra;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the small part of YAML that a configuration needs: maps, lists and texts, with the line of
 * each. A scalar stays the text that was written, so {@code off} and {@code 010} mean nothing but
 * themselves. Anchors, aliases, tags and a second document are refused, as is a key that comes
 * twice.
 *
 * <p>What is wrong goes into {@link ConfigProblems} without an excerpt, since the file may hold
 * secrets.
 */
final class YamlFile {
  private static final int FILE_BYTES_MAX = 256 << 10;
  private static final int DEPTH_MAX = 8;
  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  /** What stands in a file at a line. */
  sealed interface Value {
    int line();
  }

  record Text(String text, int line) implements Value {}

  /** A key without a value. */
  record Empty(int line) implements Value {}

  record Items(List<Value> items, int line) implements Value {}

  record Fields(Map<String, Value> fields, int line) implements Value {}

  private final YAMLParser parser;
  private final ConfigProblems problems;

  private YamlFile(YAMLParser parser, ConfigProblems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** The file's map; what could be read of it when there are problems. */
  static Fields read(Path file, ConfigProblems problems) {
    String text = text(file, problems);
    try (YAMLParser parser = FACTORY.createParser(text)) {
      return new YamlFile(parser, problems).document();
    } catch (JsonProcessingException e) {
      JsonLocation location = e.getLocation();
      problems.add(
          location == null ? 1 : location.getLineNr(),
          "not YAML as a configuration takes it: near here a line can't be read, or maps are more"
              + " than "
              + DEPTH_MAX
              + " deep");
    } catch (IOException e) {
      throw new IllegalStateException("a text can always be read", e);
    }
    return new Fields(Map.of(), 1);
  }

  private static String text(Path file, ConfigProblems problems) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length > FILE_BYTES_MAX) {
        problems.add(1, "the file has more than " + FILE_BYTES_MAX + " bytes");
        return "";
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException _) {
      problems.add(0, "there is no such file");
    } catch (CharacterCodingException _) {
      problems.add(0, "the file is not UTF-8");
    } catch (IOException e) {
      problems.add(0, "the file can't be read: " + e.getMessage());
    }
    return "";
  }

  private Fields document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return new Fields(Map.of(), 1);
    }
    Value root = value(first);
    if (parser.nextToken() != null) {
      problems.add(line(), "a second YAML document; a configuration has one");
    }
    if (root instanceof Fields fields) {
      return fields;
    }
    if (!(root instanceof Empty)) {
      problems.add(root.line(), "the file is not a map of keys and values");
    }
    return new Fields(Map.of(), 1);
  }

  private int line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private Value value(JsonToken token) throws IOException {
    int line = line();
    if (parser.isCurrentAlias() || parser.getObjectId() != null || parser.getTypeId() != null) {
      problems.add(line, "anchors (&), aliases (*) and tags (!) are not taken here");
    }
    return switch (token) {
      case START_OBJECT -> fields(line);
      case START_ARRAY -> items(line);
      case VALUE_NULL -> new Empty(line);
      case VALUE_STRING,
          VALUE_NUMBER_INT,
          VALUE_NUMBER_FLOAT,
          VALUE_TRUE,
          VALUE_FALSE,
          VALUE_EMBEDDED_OBJECT ->
          new Text(parser.getText(), line);
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE ->
          throw new IllegalStateException(token + " where a value begins");
    };
  }

  private Fields fields(int line) throws IOException {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
      String name = parser.currentName();
      int nameLine = line();
      Value value = value(next());
      Value before = fields.putIfAbsent(name, value);
      if (before != null) {
        problems.add(nameLine, "\"" + name + "\" is here for the second time");
      }
    }
    return new Fields(fields, line);
  }

  private Items items(int line) throws IOException {
    List<Value> items = new ArrayList<>();
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      items.add(value(token));
    }
    return new Items(items, line);
  }

  private JsonToken next() throws IOException {
    @Nullable JsonToken token = parser.nextToken();
    return Objects.requireNonNull(token, "the parser ends what it begins");
  }
}
