package dev.assay.infra;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a request's Host and Origin whether it was meant for this server and comes from no
 * other web page.
 *
 * <p>A page that a user opens can make the browser call loopback addresses, and can give its own
 * name the address 127.0.0.1 to get around the browser's same-origin rule. The browser then still
 * sends the page's name as Host, and for most requests the page's origin as Origin. Does not
 * authenticate anybody: a process on the machine sends whatever headers it likes.
 *
 * <p>Immutable; any thread may ask.
 */
final class HostCheck {
  private static final int HTTP_PORT = 80;
  private static final int NO_PORT = -1;
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9a-f:.]{2,45}]|[a-z0-9](?:[a-z0-9._-]{0,252}))(?::([0-9]{0,5}))?");
  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");
  private static final List<String> WILDCARDS = List.of("0.0.0.0", "[::]");

  /** A host in lower case, an IPv6 address in brackets, and a port that is there or implied. */
  record Authority(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  private final Set<String> names = new HashSet<>(LOOPBACK);
  private final Set<Authority> elsewhere = new HashSet<>();

  /**
   * @param listenHost where the server listens; callers may use that address, as no page can make
   *     its name look like a literal address
   * @param more names that callers may use too: a name goes with the server's port, name:port with
   *     that port
   */
  HostCheck(String listenHost, List<String> more) {
    String own = bracketed(listenHost.toLowerCase(Locale.ROOT));
    if (!WILDCARDS.contains(own)) {
      names.add(own);
    }
    for (String name : more) {
      Authority authority = parse(name, NO_PORT);
      if (authority == null) {
        throw new IllegalArgumentException(name + " is not a host or host:port");
      }
      if (authority.port == NO_PORT) {
        names.add(authority.host);
      } else {
        elsewhere.add(authority);
      }
    }
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /**
   * @param port that the request reached
   * @param target the authority in the request line (absolute form); null when it has none
   * @throws AdminError 400, 403 or 421, when the request must not be answered
   */
  void check(int port, List<String> hosts, @Nullable String target, List<String> origins)
      throws AdminError {
    if (hosts.size() != 1) {
      throw AdminError.badRequest(
          "a request has exactly one Host header, this one has " + hosts.size());
    }
    Authority host = requireAllowed(port, hosts.getFirst());
    if (target != null && !requireAllowed(port, target).equals(host)) {
      throw AdminError.badRequest("the request line and the Host header name different hosts");
    }
    for (String origin : origins) {
      if (!host.equals(originOf(origin))) {
        throw new AdminError(403, "requests from web pages of another origin are refused");
      }
    }
  }

  private Authority requireAllowed(int port, String text) throws AdminError {
    Authority authority = parse(text, HTTP_PORT);
    if (authority == null) {
      throw AdminError.badRequest("the Host header is not a host with or without a port");
    }
    boolean own = authority.port == port && names.contains(authority.host);
    if (!own && !elsewhere.contains(authority)) {
      throw new AdminError(421, authority + " is no name of this server");
    }
    return authority;
  }

  /** This server speaks plain HTTP, so an origin of another scheme is another origin. */
  private static @Nullable Authority originOf(String origin) {
    String prefix = "http://";
    return origin.regionMatches(true, 0, prefix, 0, prefix.length())
        ? parse(origin.substring(prefix.length()), HTTP_PORT)
        : null;
  }

  /** Null when it is no authority. */
  private static @Nullable Authority parse(String text, int portByDefault) {
    Matcher matcher = AUTHORITY.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return null;
    }
    String port = matcher.group(2);
    if (port == null || port.isEmpty()) {
      return new Authority(matcher.group(1), portByDefault);
    }
    int number = Integer.parseInt(port);
    return number < 1 || number > 65_535 ? null : new Authority(matcher.group(1), number);
  }
}
