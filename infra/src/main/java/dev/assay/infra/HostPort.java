package dev.assay.infra;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address as a configuration writes it: {@code 10.0.0.1:7000}, {@code db-1.example:7000}, {@code
 * [fd00::1]:7000}. Its name is not looked up until {@link #resolve}.
 *
 * @param host a name or a literal address, IPv6 without brackets
 */
record HostPort(String host, int port) {
  private static final Pattern TEXT =
      Pattern.compile(
          "(?:\\[([0-9A-Fa-f:.]{2,45})]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?))"
              + ":([0-9]{1,5})");
  private static final int PORT_MAX = 65_535;

  /** Null when the text is no address; port 0 is one. */
  static @Nullable HostPort parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    int port = Integer.parseInt(matcher.group(3));
    String literal = matcher.group(1);
    String host = literal == null ? matcher.group(2) : literal;
    return port > PORT_MAX ? null : new HostPort(host, port);
  }

  InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  /** Whether only this machine can reach it; false for a name other than localhost. */
  boolean isLoopback() {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.equals("localhost") || lower.equals("::1") || lower.matches("127(\\.\\d{1,3}){3}");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
