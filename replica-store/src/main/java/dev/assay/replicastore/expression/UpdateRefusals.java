package dev.assay.replicastore.expression;

import dev.assay.logformat.Value;
import java.math.BigDecimal;

/** The ways in which an update can't be carried out on an item, in DynamoDB's words. */
final class UpdateRefusals {
  private static final int EXPONENT_MIN = -130;
  private static final int EXPONENT_MAX = 125;

  private UpdateRefusals() {}

  static ExpressionException incorrectType() {
    return ExpressionException.refused(
        "An operand in the update expression has an incorrect data type");
  }

  static ExpressionException missingAttribute() {
    return ExpressionException.refused(
        "The provided expression refers to an attribute that does not exist in the item");
  }

  static ExpressionException invalidPath() {
    return ExpressionException.refused(
        "The document path provided in the update expression is invalid for update");
  }

  static ExpressionException nestedTooDeeply() {
    return ExpressionException.refused(Nesting.refusal());
  }

  static ExpressionException itemTooLarge() {
    return ExpressionException.refused("Item size to update has exceeded the maximum allowed size");
  }

  /** The result of a calculation; DynamoDB calls too many digits an overflow too. */
  static Value.Num number(BigDecimal result) {
    if (result.signum() == 0) {
      return new Value.Num(result);
    }
    BigDecimal stripped = result.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    if (exponent > EXPONENT_MAX || stripped.precision() > Value.Num.DIGITS_MAX) {
      throw ExpressionException.refused(
          "Number overflow. "
              + "Attempting to store a number with magnitude larger than supported range");
    }
    if (exponent < EXPONENT_MIN) {
      throw ExpressionException.refused(
          "Number underflow. "
              + "Attempting to store a number with magnitude smaller than supported range");
    }
    return new Value.Num(stripped);
  }
}
