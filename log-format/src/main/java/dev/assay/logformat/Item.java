package dev.assay.logformat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An item: attribute names and their values. Equal by content, whatever the order. */
public record Item(Map<String, Value> attributes) {
  public static final Item EMPTY = new Item(Map.of());

  public Item {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  public @Nullable Value get(String name) {
    return attributes.get(name);
  }
}
