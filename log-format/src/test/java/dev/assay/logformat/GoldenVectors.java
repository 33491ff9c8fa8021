package dev.assay.logformat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the golden vectors: blocks of {@code field: text} lines with an empty line between them. A
 * line that begins with a space goes on with the field before; one that begins with # is a remark.
 */
public final class GoldenVectors {
  private GoldenVectors() {}

  /** One block; its field {@code name} is unique in its file. */
  public record Vector(Map<String, String> fields) {

    public String name() {
      return text("name");
    }

    public String text(String field) {
      return Objects.requireNonNull(fields.get(field), () -> field + " of " + fields);
    }

    public byte[] bytes(String field) {
      return HexFormat.of().parseHex(text(field).replace(" ", ""));
    }

    @Override
    public String toString() {
      return name();
    }
  }

  public static List<Vector> read(String file) throws IOException {
    List<Vector> vectors = new ArrayList<>();
    Map<String, String> fields = new LinkedHashMap<>();
    String last = "";
    for (String line : lines(file)) {
      if (line.isEmpty()) {
        add(vectors, fields);
        fields = new LinkedHashMap<>();
      } else if (line.startsWith(" ")) {
        fields.merge(last, line, String::concat);
      } else if (!line.startsWith("#")) {
        int colon = line.indexOf(':');
        last = line.substring(0, colon);
        fields.put(last, line.substring(colon + 1).strip());
      }
    }
    add(vectors, fields);
    return vectors;
  }

  private static void add(List<Vector> vectors, Map<String, String> fields) {
    if (!fields.isEmpty()) {
      vectors.add(new Vector(fields));
    }
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in = GoldenVectors.class.getResourceAsStream("/golden/v1/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8).lines().toList();
    }
  }

  static Set<String> names(List<Vector> vectors) {
    Set<String> names = new TreeSet<>();
    vectors.forEach(vector -> names.add(vector.name()));
    return names;
  }
}
