package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
  @ParameterizedTest
  @ValueSource(strings = {"localhost:1", "127.0.0.1:0", "[::1]:65535", "a-b.example:80"})
  void addressIsWrittenAsItWasRead(String text) {
    HostPort address = HostPort.parse(text);
    assertNotNull(address);
    assertEquals(text, address.toString());
    assertEquals(address.port(), address.resolve().getPort());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "a", "a:", ":1", "a:65536", "a:+1", "::1:1", "[a]:", "a b:1", "a:1 "})
  void otherTextIsNoAddress(String text) {
    assertNull(HostPort.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:1", "LOCALHOST:1", "127.0.0.1:1", "127.8.9.1:1", "[::1]:1"})
  void loopbackIsKnown(String text) {
    HostPort address = HostPort.parse(text);
    assertNotNull(address);
    assertTrue(address.isLoopback());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "127.0.0.1.example:1", "localhost.example:1"})
  void everythingElseMayBeReachedByOthers(String text) {
    HostPort address = HostPort.parse(text);
    assertNotNull(address);
    assertFalse(address.isLoopback());
  }
}
