package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What needs a port or an address that a test can't listen on; the rest is in AdminServerIT. */
class HostCheckTest {
  private static final List<String> NO_ORIGIN = List.of();

  private static void accept(HostCheck hosts, int port, String host, List<String> origins) {
    assertDoesNotThrow(() -> hosts.check(port, List.of(host), null, origins));
  }

  private static void refuse(
      int status, HostCheck hosts, int port, String host, String... origins) {
    AdminError error =
        assertThrows(
            AdminError.class, () -> hosts.check(port, List.of(host), null, List.of(origins)));
    assertEquals(status, error.status(), host);
  }

  @Test
  void portMayBeLeftOutWhereHttpImpliesIt() {
    HostCheck hosts = new HostCheck("127.0.0.1", List.of("assay.example"));
    accept(hosts, 80, "localhost", NO_ORIGIN);
    accept(hosts, 80, "assay.example:", NO_ORIGIN);
    accept(hosts, 80, "localhost:80", List.of("http://localhost"));
    accept(hosts, 80, "localhost", List.of("http://LOCALHOST:80"));
    refuse(421, hosts, 8010, "localhost");
  }

  @Test
  void literalAddressThatIsListenedOnIsOwnName() {
    accept(new HostCheck("10.0.0.5", List.of()), 8010, "10.0.0.5:8010", NO_ORIGIN);
    accept(new HostCheck("fd00::5", List.of()), 8010, "[FD00::5]:8010", NO_ORIGIN);
    refuse(421, new HostCheck("10.0.0.5", List.of()), 8010, "10.0.0.6:8010");
  }

  @Test
  void wildcardIsNobodysName() {
    refuse(421, new HostCheck("0.0.0.0", List.of()), 8010, "0.0.0.0:8010");
    refuse(421, new HostCheck("::", List.of()), 8010, "[::]:8010");
  }

  @Test
  void originOfAnotherAllowedNameIsStillAnotherOrigin() {
    HostCheck hosts = new HostCheck("127.0.0.1", List.of("assay.example"));
    refuse(403, hosts, 8010, "localhost:8010", "http://assay.example:8010");
  }

  @Test
  void allowedNameIsHostWithOrWithoutPort() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new HostCheck("127.0.0.1", List.of("http://assay.example")));
  }
}
