package dev.assay.replicastore.expression;

/** The six comparisons of two operands. */
enum Comparator {
  EQUAL("="),
  NOT_EQUAL("<>"),
  LESS("<"),
  LESS_OR_EQUAL("<="),
  GREATER(">"),
  GREATER_OR_EQUAL(">=");

  private final String sign;

  Comparator(String sign) {
    this.sign = sign;
  }

  String sign() {
    return sign;
  }

  /** Whether it asks which operand comes first, and so takes only types that have an order. */
  boolean ordering() {
    return this != EQUAL && this != NOT_EQUAL;
  }

  /** Whether an ordering comparison holds for a comparison's result. */
  boolean accepts(int order) {
    return switch (this) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  /** The comparison that says the same with its operands exchanged. */
  Comparator mirrored() {
    return switch (this) {
      case EQUAL -> EQUAL;
      case NOT_EQUAL -> NOT_EQUAL;
      case LESS -> GREATER;
      case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
      case GREATER -> LESS;
      case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
    };
  }
}
