package dev.assay.requestrouter;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/** A server on a free port in front of a {@link FakeCluster}, and clients for it. */
final class TestServer implements AutoCloseable {
  static final String ACCESS_KEY = "assay";
  static final String SECRET = "a well kept secret";

  final FakeCluster cluster = new FakeCluster();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final DynamoDbServer server;

  TestServer() {
    this(options -> options);
  }

  TestServer(UnaryOperator<ServerOptions> change) {
    this(change, Clock.systemUTC());
  }

  TestServer(UnaryOperator<ServerOptions> change, InstantSource clock) {
    ServerOptions options = change.apply(ServerOptions.DEFAULTS.withPort(0));
    server =
        new DynamoDbServer(
            options,
            Credentials.of(Map.of(ACCESS_KEY, SECRET)),
            registry,
            clock,
            new SecureRandom(),
            cluster,
            cluster.nodes());
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /** The SDK as an application has it, except that it never repeats a request. */
  DynamoDbClient client() {
    return client(ACCESS_KEY, SECRET);
  }

  DynamoDbClient client(String accessKey, String secret) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint())
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secret)))
        .overrideConfiguration(
            configuration ->
                configuration
                    .retryStrategy(AwsRetryStrategy.doNotRetry())
                    .apiCallTimeout(Duration.ofSeconds(60)))
        .build();
  }

  /**
   * @param sortKey null for a table without one
   */
  void createTable(
      DynamoDbClient client,
      String name,
      @Nullable String sortKey,
      ScalarAttributeType sortKeyType) {
    List<AttributeDefinition> definitions = new ArrayList<>();
    List<KeySchemaElement> keys = new ArrayList<>();
    definitions.add(definition("id", ScalarAttributeType.S));
    keys.add(KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build());
    if (sortKey != null) {
      definitions.add(definition(sortKey, sortKeyType));
      keys.add(KeySchemaElement.builder().attributeName(sortKey).keyType(KeyType.RANGE).build());
    }
    client.createTable(
        request ->
            request
                .tableName(name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(definitions)
                .keySchema(keys));
  }

  private static AttributeDefinition definition(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  @Override
  public void close() {
    server.close();
  }
}
