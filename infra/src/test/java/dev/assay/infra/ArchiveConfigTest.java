package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.archiver.ArchiveOptions;
import dev.assay.archiver.S3Credentials;
import dev.assay.archiver.S3Options;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiveConfigTest {
  private static final String NODE =
      """
      cluster.name: demo
      node.name: node-a
      data.directory: /data/a
      members:
        - name: node-a
          consensus: 127.0.0.1:7000
          nodeCalls: 127.0.0.1:7001
      """;

  @TempDir private Path folder;

  private NodeConfig load(String archive) throws IOException {
    return NodeConfig.load(Files.writeString(folder.resolve("node.yaml"), NODE + archive));
  }

  private String problem(String archive) {
    CommandFailure failure = assertThrows(CommandFailure.class, () -> load(archive));
    assertEquals(ExitCode.USAGE, failure.exitCode());
    return String.valueOf(failure.getMessage());
  }

  private Path credentials(String text, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve("keys.yaml"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void withoutABucketThereIsNoArchive() throws IOException {
    assertNull(load("").archive());
  }

  @Test
  void defaultsAreAsDocumented() throws IOException {
    ArchiveConfig archive =
        load("archive: {bucket: assay, endpoint: 'http://127.0.0.1:9000'}").archive();
    assertEquals(
        new ArchiveConfig(
            S3Options.of(URI.create("http://127.0.0.1:9000"), "us-east-1", "assay", null),
            ArchiveOptions.DEFAULTS),
        archive);
  }

  @Test
  void everyKeyIsRead() throws IOException {
    Path keys = credentials("AKIA1: a-secret", "rw-------");
    ArchiveConfig archive =
        load("""
        archive.bucket: other-bucket
        archive.endpoint: https://s3.example:443
        archive.region: eu-west-3
        archive.pathStyle: false
        archive.credentialsFile: %s
        archive.trustedCertificates: /etc/authorities.pem
        archive.lockDays: 30
        archive.ageMax: 5s
        archive.tailMax: 10MiB
        """
                .formatted(keys))
            .archive();
    assertNotNull(archive);
    S3Options store = archive.store();
    assertEquals(URI.create("https://s3.example:443"), store.endpoint());
    assertEquals("other-bucket", store.bucket());
    assertEquals("eu-west-3", store.region());
    assertFalse(store.pathStyle());
    assertEquals(new S3Credentials("AKIA1", "a-secret"), store.credentials());
    assertEquals(Path.of("/etc/authorities.pem"), store.trustedCertificates());
    assertEquals(new S3Options.Lock(S3Options.Lock.Mode.COMPLIANCE, 30), store.lock());
    assertEquals(
        ArchiveOptions.DEFAULTS.withCutAge(Duration.ofSeconds(5)).withTailBytesMax(10 << 20),
        archive.options());
    assertFalse(archive.toString().contains("a-secret"), archive.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "archive.endpoint: 'http://h:1'|archive.bucket is missing",
        "archive.bucket: abc|archive.endpoint is missing",
        "archive: {bucket: Upper, endpoint: 'http://h:1'}|archive.bucket is \"Upper\"",
        "archive: {bucket: abc, endpoint: 'ftp://h:1'}|archive.endpoint is \"ftp://h:1\"",
        "archive: {bucket: abc, endpoint: 'http://u:p@h:1'}|it takes http(s)://HOST[:PORT]",
        "archive: {bucket: abc, endpoint: 'http://h:1/path'}|it takes http(s)://HOST[:PORT]",
        "archive: {bucket: abc, endpoint: 'http://h:1', lockDays: -1}|archive.lockDays is \"-1\"",
        "archive: {bucket: abc, endpoint: 'http://h:1', ageMax: 10}|archive.ageMax is \"10\"",
        "archive: {bucket: abc, endpoint: 'http://h:1', tailMax: 1KiB}|archive.tailMax is \"1KiB\"",
        "archive: {bucket: abc, endpoint: 'http://h:1', buckets: x}|did you mean archive.bucket?"
      })
  void whatIsWrongIsNamed(String archive, String expected) {
    String problem = problem(archive);
    assertTrue(problem.contains(expected), problem);
  }

  @Test
  void credentialsThatOthersMayReadAreRefused() throws IOException {
    Path keys = credentials("AKIA1: a-secret", "rw-r--r--");
    String problem =
        problem(
            "archive: {bucket: abc, endpoint: 'http://h:1', credentialsFile: %s}".formatted(keys));
    assertTrue(problem.contains("chmod 600"), problem);
    assertFalse(problem.contains("a-secret"), problem);
  }

  @Test
  void moreThanOneAccessKeyIsRefused() throws IOException {
    Path keys = credentials("A: first\nB: second", "rw-------");
    String problem =
        problem(
            "archive: {bucket: abc, endpoint: 'http://h:1', credentialsFile: %s}".formatted(keys));
    assertTrue(problem.contains("2 access keys; it takes one"), problem);
    assertFalse(problem.contains("second"), problem);
  }
}
