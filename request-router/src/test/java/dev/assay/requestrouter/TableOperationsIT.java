package dev.assay.requestrouter;

import static dev.assay.requestrouter.Values.item;
import static dev.assay.requestrouter.Values.s;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ListTablesResponse;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.Tag;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/** Tables through the real SDK. */
class TableOperationsIT {
  private TestServer server;
  private DynamoDbClient client;

  @BeforeEach
  void start() {
    server = new TestServer();
    client = server.client();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static AttributeDefinition definition(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private TableDescription create(Consumer<CreateTableRequest.Builder> change) {
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName("Music")
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                definition("artist", ScalarAttributeType.S),
                definition("year", ScalarAttributeType.N))
            .keySchema(key("artist", KeyType.HASH), key("year", KeyType.RANGE));
    change.accept(request);
    return client.createTable(request.build()).tableDescription();
  }

  @Test
  void tableIsDescribedAsItWasCreated() {
    TableDescription created =
        create(request -> request.tags(Tag.builder().key("team").value("blue").build()));
    TableDescription described =
        client.describeTable(request -> request.tableName("Music")).table();
    assertEquals(created, described);
    assertEquals(TableStatus.ACTIVE, described.tableStatus());
    assertEquals(Instant.ofEpochMilli(1_700_000_000_123L), described.creationDateTime());
    assertEquals(
        List.of(key("artist", KeyType.HASH), key("year", KeyType.RANGE)), described.keySchema());
    assertEquals(ScalarAttributeType.N, described.attributeDefinitions().get(1).attributeType());
    assertEquals(BillingMode.PAY_PER_REQUEST, described.billingModeSummary().billingMode());
    assertEquals(
        "team",
        client
            .listTagsOfResource(request -> request.resourceArn(described.tableArn()))
            .tags()
            .getFirst()
            .key());
  }

  @Test
  void provisionedThroughputIsAccepted() {
    create(
        request ->
            request
                .billingMode(BillingMode.PROVISIONED)
                .provisionedThroughput(
                    units -> units.readCapacityUnits(5L).writeCapacityUnits(5L)));
    assertTrue(
        client.describeTable(request -> request.tableName("Music")).table().tableId().length() > 0);
  }

  @Test
  void tableIsCreatingUntilItsPartitionsAreReady() {
    server.cluster.createUnready();
    assertEquals(TableStatus.CREATING, create(_ -> {}).tableStatus());
    assertThrows(
        ResourceNotFoundException.class,
        () ->
            client.getItem(
                request ->
                    request.tableName("Music").key(item("artist", s("x"), "year", Values.n(1)))));
    assertThrows(
        ResourceInUseException.class,
        () -> client.deleteTable(request -> request.tableName("Music")));
    server.cluster.makeReady("Music");
    client.waiter().waitUntilTableExists(request -> request.tableName("Music"));
    assertFalse(
        client
            .getItem(
                request ->
                    request.tableName("Music").key(item("artist", s("x"), "year", Values.n(1))))
            .hasItem());
  }

  @Test
  void sameNameCannotBeCreatedTwice() {
    create(_ -> {});
    ResourceInUseException refused =
        assertThrows(ResourceInUseException.class, () -> create(_ -> {}));
    assertEquals("Table already exists: Music", refused.awsErrorDetails().errorMessage());
  }

  @Test
  void deletedTableIsGone() {
    create(_ -> {});
    assertEquals(
        TableStatus.DELETING,
        client.deleteTable(request -> request.tableName("Music")).tableDescription().tableStatus());
    client.waiter().waitUntilTableNotExists(request -> request.tableName("Music"));
    ResourceNotFoundException missing =
        assertThrows(
            ResourceNotFoundException.class,
            () -> client.deleteTable(request -> request.tableName("Music")));
    assertEquals(
        "Requested resource not found: Table: Music not found",
        missing.awsErrorDetails().errorMessage());
  }

  @Test
  void protectedTableIsNotDeleted() {
    create(request -> request.deletionProtectionEnabled(true));
    assertThrows(
        DynamoDbException.class, () -> client.deleteTable(request -> request.tableName("Music")));
    assertTrue(
        client
            .describeTable(request -> request.tableName("Music"))
            .table()
            .deletionProtectionEnabled());
  }

  @Test
  void tablesAreListedInPages() {
    for (int i = 0; i < 105; i++) {
      server.createTable(client, "T%03d".formatted(i), null, ScalarAttributeType.S);
    }
    List<String> expected = IntStream.range(0, 105).mapToObj("T%03d"::formatted).toList();
    ListTablesResponse first = client.listTables();
    assertEquals(expected.subList(0, 100), first.tableNames());
    assertEquals("T099", first.lastEvaluatedTableName());
    ListTablesResponse second =
        client.listTables(request -> request.exclusiveStartTableName("T099"));
    assertEquals(expected.subList(100, 105), second.tableNames());
    assertEquals(null, second.lastEvaluatedTableName());
    assertEquals(
        expected,
        client.listTablesPaginator(request -> request.limit(10)).tableNames().stream().toList());
  }

  @Test
  void itemsDoNotExpire() {
    create(_ -> {});
    assertEquals(
        TimeToLiveStatus.DISABLED,
        client
            .describeTimeToLive(request -> request.tableName("Music"))
            .timeToLiveDescription()
            .timeToLiveStatus());
  }

  private String refusal(Consumer<CreateTableRequest.Builder> change) {
    DynamoDbException refused = assertThrows(DynamoDbException.class, () -> create(change));
    assertEquals("ValidationException", refused.awsErrorDetails().errorCode());
    return refused.awsErrorDetails().errorMessage();
  }

  @Test
  void mistakesAreRefusedInTheWordsOfDynamoDb() {
    String invalid = "One or more parameter values were invalid: ";
    assertEquals(
        "TableName must be at least 3 characters long and at most 255 characters long",
        refusal(request -> request.tableName("ab")));
    assertEquals(
        "1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy constraint:"
            + " Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        refusal(request -> request.tableName("a b c")));
    assertEquals(
        invalid
            + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is"
            + " PROVISIONED",
        refusal(request -> request.billingMode(BillingMode.PROVISIONED)));
    assertEquals(
        invalid
            + "Number of attributes in KeySchema does not exactly match number of attributes"
            + " defined in AttributeDefinitions",
        refusal(request -> request.keySchema(key("artist", KeyType.HASH))));
    assertEquals(
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        refusal(
            request -> request.keySchema(key("artist", KeyType.RANGE), key("year", KeyType.HASH))));
    assertEquals(
        invalid
            + "Some index key attributes are not defined in AttributeDefinitions. Keys: [artist,"
            + " month], AttributeDefinitions: [artist, year]",
        refusal(
            request ->
                request.keySchema(key("artist", KeyType.HASH), key("month", KeyType.RANGE))));
  }

  @Test
  void whatIsNotThereYetIsRefused() {
    GlobalSecondaryIndex index =
        GlobalSecondaryIndex.builder()
            .indexName("ByYear")
            .keySchema(key("year", KeyType.HASH))
            .build();
    assertTrue(
        refusal(request -> request.globalSecondaryIndexes(index))
            .contains("GlobalSecondaryIndexes is not supported by Assay yet"));
    assertTrue(
        refusal(request -> request.streamSpecification(stream -> stream.streamEnabled(true)))
            .contains("StreamSpecification is not supported by Assay yet"));
    create(request -> request.streamSpecification(stream -> stream.streamEnabled(false)));
  }

  @Test
  void operationThatIsNotThereIsUnknown() {
    DynamoDbException unknown = assertThrows(DynamoDbException.class, () -> client.listBackups());
    assertEquals("UnknownOperationException", unknown.awsErrorDetails().errorCode());
  }
}
