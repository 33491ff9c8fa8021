package dev.assay.replicastore.expression;

import org.jspecify.annotations.Nullable;

/** The functions of the expression language; their names are case-sensitive. */
enum Function {
  ATTRIBUTE_EXISTS("attribute_exists", 1, Place.CONDITION),
  ATTRIBUTE_NOT_EXISTS("attribute_not_exists", 1, Place.CONDITION),
  ATTRIBUTE_TYPE("attribute_type", 2, Place.CONDITION),
  BEGINS_WITH("begins_with", 2, Place.CONDITION),
  CONTAINS("contains", 2, Place.CONDITION),
  SIZE("size", 1, Place.OPERAND),
  IF_NOT_EXISTS("if_not_exists", 2, Place.UPDATE),
  LIST_APPEND("list_append", 2, Place.UPDATE);

  /** Where a function may stand. */
  enum Place {
    CONDITION,
    OPERAND,
    UPDATE
  }

  private final String word;
  private final int operands;
  private final Place place;

  Function(String word, int operands, Place place) {
    this.word = word;
    this.operands = operands;
    this.place = place;
  }

  String word() {
    return word;
  }

  int operands() {
    return operands;
  }

  Place place() {
    return place;
  }

  static @Nullable Function named(String word) {
    for (Function function : values()) {
      if (function.word.equals(word)) {
        return function;
      }
    }
    return null;
  }
}
