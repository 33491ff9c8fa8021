package dev.assay.requestrouter;

import dev.assay.logformat.KeySchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a CreateTable request says, checked: a table with these parameters can be made.
 *
 * <p>Throughput is accepted and means nothing: Assay provisions none. What would change how the
 * table behaves and is not there yet (indexes, streams, encryption keys) is refused, so that nobody
 * takes it for granted.
 */
record CreateTableParameters(
    String tableName, KeySchema keySchema, boolean deletionProtected, Map<String, String> tags) {
  private static final List<String> KEY_TYPES = List.of("HASH", "RANGE");
  private static final List<String> ATTRIBUTE_TYPES = List.of("B", "N", "S");
  private static final List<String> BILLING_MODES = List.of("PROVISIONED", "PAY_PER_REQUEST");
  private static final int KEY_NAME_LENGTH_MAX = 255;
  private static final int TAGS_MAX = 50;

  static CreateTableParameters read(JsonRequest json) {
    Draft draft = new Draft();
    while (json.nextField()) {
      draft.readField(json, json.name());
    }
    json.end();
    return draft.check();
  }

  /** A key element or an attribute definition: a name, and a word that says what it is. */
  private record Named(@Nullable String name, @Nullable String word) {
    String nameOrEmpty() {
      return name == null ? "" : name;
    }

    static List<Named> readList(JsonRequest json, String type, String wordField) {
      json.enterList();
      List<Named> list = new ArrayList<>();
      while (json.nextElement()) {
        json.enterMember(type);
        String name = null;
        String word = null;
        while (json.nextField()) {
          String field = json.name();
          if (field.equals("AttributeName")) {
            name = json.text();
          } else if (field.equals(wordField)) {
            word = json.text();
          } else {
            json.skip();
          }
        }
        list.add(new Named(name, word));
      }
      return list;
    }
  }

  private record Throughput(@Nullable Long read, @Nullable Long write) {
    static Throughput readStructure(JsonRequest json) {
      json.enterStructure("ProvisionedThroughput");
      Long read = null;
      Long write = null;
      while (json.nextField()) {
        switch (json.name()) {
          case "ReadCapacityUnits" -> read = json.integer("Long");
          case "WriteCapacityUnits" -> write = json.integer("Long");
          default -> json.skip();
        }
      }
      return new Throughput(read, write);
    }
  }

  /** The parameters as they are read, before they are checked. */
  private static final class Draft {
    private @Nullable String tableName;
    private @Nullable List<Named> definitions;
    private @Nullable List<Named> keys;
    private @Nullable String billingMode;
    private @Nullable Throughput throughput;
    private boolean deletionProtected;
    private final Map<String, String> tags = new LinkedHashMap<>();
    private @Nullable String tagProblem;
    private @Nullable String notSupported;

    void readField(JsonRequest json, String field) {
      switch (field) {
        case "TableName" -> tableName = json.text();
        case "AttributeDefinitions" ->
            definitions = Named.readList(json, "AttributeDefinition", "AttributeType");
        case "KeySchema" -> keys = Named.readList(json, "KeySchemaElement", "KeyType");
        case "BillingMode" -> billingMode = json.text();
        case "ProvisionedThroughput" -> throughput = Throughput.readStructure(json);
        case "DeletionProtectionEnabled" -> deletionProtected = json.bool();
        case "Tags" -> readTags(json);
        case "StreamSpecification" -> refuseIfOn(json, field, "StreamEnabled");
        case "SSESpecification" -> refuseIfOn(json, field, "Enabled");
        case "TableClass" -> {
          if (!json.text().equals("STANDARD")) {
            notSupported = field;
          }
        }
        case "LocalSecondaryIndexes",
            "GlobalSecondaryIndexes",
            "OnDemandThroughput",
            "WarmThroughput",
            "ResourcePolicy" -> {
          json.skip();
          notSupported = field;
        }
        default -> json.skip();
      }
    }

    /** Something that is off may be said to be off. */
    private void refuseIfOn(JsonRequest json, String field, String switchField) {
      json.enterStructure(field);
      while (json.nextField()) {
        if (json.name().equals(switchField)) {
          if (json.bool()) {
            notSupported = field;
          }
        } else {
          json.skip();
        }
      }
    }

    private void readTags(JsonRequest json) {
      json.enterList();
      while (json.nextElement()) {
        json.enterMember("Tag");
        String key = null;
        String value = null;
        while (json.nextField()) {
          switch (json.name()) {
            case "Key" -> key = json.text();
            case "Value" -> value = json.text();
            default -> json.skip();
          }
        }
        if (key == null || key.isEmpty() || value == null) {
          tagProblem = "A tag must have a key and a value";
        } else if (tags.put(key, value) != null) {
          tagProblem = "Duplicate tag key: " + Excerpt.of(key);
        }
      }
    }

    CreateTableParameters check() {
      Constraints constraints = new Constraints();
      checkEach(constraints);
      String name = TableNameParameter.check(tableName);
      constraints.check();
      if (definitions == null || keys == null) {
        throw new AssertionError("the constraints let an absent parameter through");
      }
      if (notSupported != null) {
        throw ApiException.invalidParameter(notSupported + " is not supported by Assay yet");
      }
      checkThroughput();
      if (tagProblem != null) {
        throw ApiException.invalidParameter(tagProblem);
      }
      if (tags.size() > TAGS_MAX) {
        throw ApiException.invalidParameter("A table can have at most " + TAGS_MAX + " tags");
      }
      return new CreateTableParameters(name, keySchema(definitions, keys), deletionProtected, tags);
    }

    private void checkEach(Constraints constraints) {
      constraints.notNull(definitions, "attributeDefinitions");
      if (definitions != null) {
        checkNamed(
            constraints, definitions, "attributeDefinitions", "attributeType", ATTRIBUTE_TYPES);
      }
      constraints.oneOf(billingMode, "billingMode", BILLING_MODES);
      if (throughput != null) {
        checkUnits(constraints, throughput.write, "provisionedThroughput.writeCapacityUnits");
        checkUnits(constraints, throughput.read, "provisionedThroughput.readCapacityUnits");
      }
      constraints.notNull(keys, "keySchema");
      if (keys != null) {
        constraints.length(keys.size(), keys, "keySchema", 1, 2);
        checkNamed(constraints, keys, "keySchema", "keyType", KEY_TYPES);
      }
    }

    private static void checkUnits(Constraints constraints, @Nullable Long units, String name) {
      constraints.notNull(units, name);
      constraints.atLeast(units, name, 1);
    }

    private static void checkNamed(
        Constraints constraints,
        List<Named> list,
        String parameter,
        String wordName,
        List<String> words) {
      for (int i = 0; i < list.size(); i++) {
        String path = parameter + "." + (i + 1) + ".member.";
        Named named = list.get(i);
        constraints.notNull(named.name, path + "attributeName");
        if (named.name != null) {
          constraints.length(
              named.name.length(), named.name, path + "attributeName", 1, KEY_NAME_LENGTH_MAX);
        }
        constraints.notNull(named.word, path + wordName);
        constraints.oneOf(named.word, path + wordName, words);
      }
    }

    private void checkThroughput() {
      boolean onDemand = "PAY_PER_REQUEST".equals(billingMode);
      if (onDemand && throughput != null) {
        throw ApiException.invalidParameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is"
                + " PAY_PER_REQUEST");
      }
      if (!onDemand && throughput == null) {
        throw ApiException.invalidParameter(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is"
                + " PROVISIONED");
      }
    }

    private static KeySchema keySchema(List<Named> definitions, List<Named> keys) {
      List<String> defined = definitions.stream().map(Named::nameOrEmpty).toList();
      List<String> keyNames = keys.stream().map(Named::nameOrEmpty).toList();
      if (keyNames.size() > defined.size()) {
        throw ApiException.validation(
            "Invalid KeySchema: Some index key attribute have no definition");
      }
      if (!defined.containsAll(keyNames)) {
        throw ApiException.invalidParameter(
            "Some index key attributes are not defined in AttributeDefinitions. Keys: "
                + keyNames
                + ", AttributeDefinitions: "
                + defined);
      }
      if (keyNames.size() == 2 && keyNames.get(0).equals(keyNames.get(1))) {
        throw ApiException.validation(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name");
      }
      if (!"HASH".equals(keys.get(0).word)) {
        throw ApiException.validation(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
      }
      if (keys.size() == 2 && !"RANGE".equals(keys.get(1).word)) {
        throw ApiException.validation(
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
      }
      if (keys.size() != definitions.size()) {
        throw ApiException.invalidParameter(
            "Number of attributes in KeySchema does not exactly match number of attributes defined"
                + " in AttributeDefinitions");
      }
      return new KeySchema(
          attribute(definitions, keyNames.get(0)),
          keyNames.size() == 2 ? attribute(definitions, keyNames.get(1)) : null);
    }

    private static KeySchema.Attribute attribute(List<Named> definitions, String name) {
      for (Named definition : definitions) {
        if (name.equals(definition.name) && definition.word != null) {
          return new KeySchema.Attribute(name, KeySchema.Type.valueOf(definition.word));
        }
      }
      throw new AssertionError("every key was found among the definitions");
    }
  }
}
