package dev.assay.infra;

import dev.assay.infra.YamlFile.Items;
import dev.assay.infra.YamlFile.Text;
import dev.assay.infra.YamlFile.Value;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a key may be set to.
 *
 * @param allowed in words that follow "it takes"
 * @param parser null for whatever is not allowed
 */
record ConfigType<T>(String allowed, Function<Value, @Nullable T> parser) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?");
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern INTEGER = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern WITH_UNIT = Pattern.compile("(0|[1-9][0-9]{0,8})([A-Za-z]{1,3})");
  private static final Map<String, Duration> TIME_UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1));
  private static final Map<String, Long> SIZE_UNITS =
      Map.of("KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  @Nullable T parse(Value value) {
    return parser.apply(value);
  }

  private static <T> ConfigType<T> ofText(String allowed, Function<String, @Nullable T> parser) {
    return new ConfigType<>(
        allowed, value -> value instanceof Text text ? parser.apply(text.text()) : null);
  }

  static ConfigType<String> name() {
    return ofText(
        "a name of 1 to 63 letters, digits, \".\", \"_\" and \"-\" that begins with a letter or"
            + " digit",
        text -> NAME.matcher(text).matches() ? text : null);
  }

  static ConfigType<Path> path() {
    return ofText("a path", ConfigType::parsePath);
  }

  private static @Nullable Path parsePath(String text) {
    try {
      return text.isBlank() ? null : Path.of(text);
    } catch (InvalidPathException _) {
      return null;
    }
  }

  static ConfigType<HostPort> address() {
    return ofText("host:port with a port from 1 to 65535", ConfigType::parseAddress);
  }

  static @Nullable HostPort parseAddress(String text) {
    HostPort address = HostPort.parse(text);
    return address == null || address.port() == 0 ? null : address;
  }

  static ConfigType<HostPort> addressOrFreePort() {
    return ofText("host:port with a port from 0 (any free one) to 65535", HostPort::parse);
  }

  static ConfigType<Optional<HostPort>> addressOrOff() {
    return ofText(
        "host:port with a port from 0 (any free one) to 65535, or off",
        text -> {
          if (text.equals("off")) {
            return Optional.empty();
          }
          HostPort address = HostPort.parse(text);
          return address == null ? null : Optional.of(address);
        });
  }

  static ConfigType<List<String>> hosts() {
    return new ConfigType<>("a list of names, each with or without a port", ConfigType::parseHosts);
  }

  private static @Nullable List<String> parseHosts(Value value) {
    if (!(value instanceof Items items)) {
      return null;
    }
    List<String> hosts = new ArrayList<>();
    for (Value item : items.items()) {
      if (!(item instanceof Text text) || !HOST.matcher(text.text()).matches()) {
        return null;
      }
      hosts.add(text.text());
    }
    return List.copyOf(hosts);
  }

  static ConfigType<String> bucket() {
    return ofText(
        "a bucket's name: 3 to 63 lower-case letters, digits, \".\" and \"-\"",
        text -> BUCKET.matcher(text).matches() ? text : null);
  }

  static ConfigType<URI> url() {
    return ofText("http(s)://HOST[:PORT]", ConfigType::parseUrl);
  }

  private static @Nullable URI parseUrl(String text) {
    try {
      URI uri = URI.create(text);
      boolean plain =
          uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
      return plain && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          ? uri
          : null;
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  static ConfigType<Boolean> flag() {
    return ofText(
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> null;
            });
  }

  static ConfigType<Long> integer(long min, long max) {
    return ofText(
        "a whole number from %d to %d".formatted(min, max),
        text -> INTEGER.matcher(text).matches() ? within(Long.parseLong(text), min, max) : null);
  }

  static ConfigType<Duration> duration(String min, String max) {
    Duration shortest = requireDuration(min);
    Duration longest = requireDuration(max);
    return ofText(
        "a duration with its unit (ms, s, m or h) from %s to %s".formatted(min, max),
        text -> within(parseDuration(text), shortest, longest));
  }

  /** Bytes. */
  static ConfigType<Long> size(String min, String max) {
    Long smallest = parseSize(min);
    Long largest = parseSize(max);
    if (smallest == null || largest == null) {
      throw new IllegalArgumentException(min + " and " + max + " are bounds of sizes");
    }
    return ofText(
        "a size with its unit (KiB, MiB or GiB) from %s to %s".formatted(min, max),
        text -> within(parseSize(text), smallest, largest));
  }

  private static <C extends Comparable<C>> @Nullable C within(@Nullable C value, C min, C max) {
    return value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0 ? null : value;
  }

  private static Duration requireDuration(String text) {
    Duration duration = parseDuration(text);
    if (duration == null) {
      throw new IllegalArgumentException(text + " is no duration");
    }
    return duration;
  }

  private static @Nullable Duration parseDuration(String text) {
    Matcher matcher = WITH_UNIT.matcher(text);
    Duration unit = matcher.matches() ? TIME_UNITS.get(matcher.group(2)) : null;
    return unit == null ? null : unit.multipliedBy(Long.parseLong(matcher.group(1)));
  }

  private static @Nullable Long parseSize(String text) {
    Matcher matcher = WITH_UNIT.matcher(text);
    Long unit = matcher.matches() ? SIZE_UNITS.get(matcher.group(2)) : null;
    return unit == null ? null : unit * Long.parseLong(matcher.group(1));
  }
}
