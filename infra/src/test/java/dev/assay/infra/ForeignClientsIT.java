package dev.assay.infra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.assay.requestrouter.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that we did not write, unchanged but for an endpoint URL. */
class ForeignClientsIT {
  private static EmbeddedCluster cluster;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    cluster =
        EmbeddedCluster.start(
            new EmbeddedCluster.Options(data, 0, 0, 1, Credentials.of(Map.of("assay", "assay"))));
    cluster.awaitReady();
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @Test
  void awsCliCreatesWritesReadsAndDeletes() throws Exception {
    Needs.command("apt-get install awscli", "aws", "--version");
    aws(
        "create-table",
        "--table-name",
        "cli",
        "--key-schema",
        "AttributeName=id,KeyType=HASH",
        "--attribute-definitions",
        "AttributeName=id,AttributeType=S",
        "--billing-mode",
        "PAY_PER_REQUEST");
    aws("wait", "table-exists", "--table-name", "cli");
    aws("put-item", "--table-name", "cli", "--item", "{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}");
    aws(
        "update-item",
        "--table-name",
        "cli",
        "--key",
        "{\"id\":{\"S\":\"a\"}}",
        "--update-expression",
        "SET n = n + :one",
        "--expression-attribute-values",
        "{\":one\":{\"N\":\"41\"}}");
    String item =
        aws(
            "get-item",
            "--table-name",
            "cli",
            "--consistent-read",
            "--key",
            "{\"id\":{\"S\":\"a\"}}",
            "--query",
            "Item.n.N",
            "--output",
            "text");
    assertEquals("42", item.strip());
    assertTrue(aws("list-tables", "--output", "text").contains("cli"));
    aws("delete-table", "--table-name", "cli");
  }

  @Test
  void boto3WritesBatchesQueriesAndConditions() throws Exception {
    Needs.command("apt-get install python3-boto3", "python3", "-c", "import boto3");
    String said = run(List.of("python3", "-c", BOTO3));
    assertEquals("all well", said.strip());
  }

  private static final String BOTO3 =
      """
      import os, boto3
      from boto3.dynamodb.conditions import Key
      from botocore.exceptions import ClientError
      db = boto3.resource('dynamodb', endpoint_url=os.environ['ENDPOINT'], region_name='us-east-1')
      table = db.create_table(
          TableName='boto', BillingMode='PAY_PER_REQUEST',
          KeySchema=[{'AttributeName': 'p', 'KeyType': 'HASH'}, {'AttributeName': 's', 'KeyType': 'RANGE'}],
          AttributeDefinitions=[{'AttributeName': 'p', 'AttributeType': 'S'},
                                {'AttributeName': 's', 'AttributeType': 'N'}])
      table.wait_until_exists()
      with table.batch_writer() as batch:
          for i in range(60):
              batch.put_item(Item={'p': 'x', 's': i, 'text': 'item %d' % i, 'bytes': b'\\x00\\xff'})
      found = table.query(KeyConditionExpression=Key('p').eq('x') & Key('s').between(10, 19), ConsistentRead=True)
      assert [int(item['s']) for item in found['Items']] == list(range(10, 20)), found
      assert len(table.scan(ConsistentRead=True)['Items']) == 60
      try:
          table.put_item(Item={'p': 'x', 's': 1}, ConditionExpression='attribute_not_exists(p)')
          raise AssertionError('the condition should have failed')
      except ClientError as e:
          assert e.response['Error']['Code'] == 'ConditionalCheckFailedException', e
      table.delete_item(Key={'p': 'x', 's': 1})
      assert 'Item' not in table.get_item(Key={'p': 'x', 's': 1}, ConsistentRead=True)
      table.delete()
      print('all well')
      """;

  private static String aws(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("aws", "--endpoint-url", endpoint(), "dynamodb"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private static String endpoint() {
    return "http://127.0.0.1:" + cluster.port();
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_ACCESS_KEY_ID", "assay",
                "AWS_SECRET_ACCESS_KEY", "assay",
                "AWS_DEFAULT_REGION", "us-east-1",
                "AWS_PAGER", "",
                "ENDPOINT", endpoint()));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running: " + command);
    assertEquals(0, process.exitValue(), command + " said: " + said);
    return said;
  }
}
