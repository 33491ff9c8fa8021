package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;
import org.jspecify.annotations.Nullable;

/** DynamoDB's ten types by its letters, and by the words that some of its errors use instead. */
enum ValueType {
  B("BINARY"),
  NULL("NULL"),
  SS("STRING_SET"),
  BOOL("BOOLEAN"),
  L("LIST"),
  BS("BINARY_SET"),
  N("NUMBER"),
  NS("NUMBER_SET"),
  S("STRING"),
  M("MAP");

  private final String word;

  ValueType(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  static ValueType of(Value value) {
    return switch (value) {
      case Value.Text _ -> S;
      case Value.Num _ -> N;
      case Value.Bin _ -> B;
      case Value.Bool _ -> BOOL;
      case Value.Null _ -> NULL;
      case Value.ListOf _ -> L;
      case Value.MapOf _ -> M;
      case Value.TextSet _ -> SS;
      case Value.NumSet _ -> NS;
      case Value.BinSet _ -> BS;
    };
  }

  /** The type with these letters, or null: clients write them as text. */
  static @Nullable ValueType lettered(String letters) {
    for (ValueType type : values()) {
      if (type.name().equals(letters)) {
        return type;
      }
    }
    return null;
  }

  boolean ordered() {
    return this == S || this == N || this == B;
  }

  boolean isSet() {
    return this == SS || this == NS || this == BS;
  }

  /** Whether {@code size()} has an answer for values of this type. */
  boolean sized() {
    return this != N && this != BOOL && this != NULL;
  }
}
