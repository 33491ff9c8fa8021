package dev.assay.replicastore.expression;

import java.util.List;

/**
 * What an expression's text says while its placeholders mean nothing yet.
 *
 * <p>Parsing makes it, once per text; binding turns it into {@link Criterion}, {@link Operand} and
 * {@link PathTree}, once per request. All of it is immutable.
 */
sealed interface Syntax {

  /** What SET can give to a path. */
  sealed interface Assigned extends Syntax {}

  /** Something that has a value: a path, a placeholder or a function of them. */
  sealed interface Term extends Assigned {}

  record Path(List<Step> steps) implements Term {
    public Path {
      steps = List.copyOf(steps);
    }
  }

  record ValueOf(String placeholder) implements Term {}

  /**
   * @param at where the name starts in the text
   */
  record Call(Function function, List<Term> operands, int at) implements Term {
    public Call {
      operands = List.copyOf(operands);
    }
  }

  sealed interface Step {
    record Plain(String name) implements Step {}

    record Alias(String placeholder) implements Step {}

    record At(int index) implements Step {}
  }

  /** Something that is true or false of an item. */
  sealed interface Clause extends Syntax {}

  record AllOf(List<Clause> parts) implements Clause {
    public AllOf {
      parts = List.copyOf(parts);
    }
  }

  record AnyOf(List<Clause> parts) implements Clause {
    public AnyOf {
      parts = List.copyOf(parts);
    }
  }

  record Not(Clause part) implements Clause {}

  record Compare(Comparator comparator, Term left, Term right) implements Clause {}

  record Between(Term term, Term low, Term high) implements Clause {}

  record OneOf(Term term, List<Term> candidates) implements Clause {
    public OneOf {
      candidates = List.copyOf(candidates);
    }
  }

  record Holds(Call call) implements Clause {}

  /** {@code left + right}, or {@code left - right}. */
  record Arithmetic(boolean plus, Term left, Term right) implements Assigned {}

  /** Something in parentheses; only the parser sees it. */
  record Group(Syntax inner) implements Syntax {}

  /** One action of an update. */
  sealed interface Action {
    Path path();

    record Set(Path path, Assigned value) implements Action {}

    record Remove(Path path) implements Action {}

    record Add(Path path, ValueOf operand) implements Action {}

    record Delete(Path path, ValueOf operand) implements Action {}
  }
}
