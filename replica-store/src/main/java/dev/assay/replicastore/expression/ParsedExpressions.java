package dev.assay.replicastore.expression;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers parsed expressions by their texts, because applications send the same few again and
 * again. The least recently used ones go when their texts together pass a limit: that bounds the
 * memory, whatever clients send. Texts that can't be parsed are not remembered. Any thread may call
 * this.
 */
public final class ParsedExpressions {
  private final Recent<Condition> conditions;
  private final Recent<UpdateExpression> updates;
  private final Recent<Projection> projections;
  private final Recent<KeyCondition> keyConditions;

  /**
   * @param charsMax how many characters of text are remembered of each kind of expression; what is
   *     made of a text takes a multiple of its length
   */
  public ParsedExpressions(int charsMax) {
    conditions = new Recent<>(charsMax, Condition::parse);
    updates = new Recent<>(charsMax, UpdateExpression::parse);
    projections = new Recent<>(charsMax, Projection::parse);
    keyConditions = new Recent<>(charsMax, KeyCondition::parse);
  }

  /** As {@link Condition#parse}. */
  public Condition condition(String text) {
    return conditions.get(text);
  }

  /** As {@link UpdateExpression#parse}. */
  public UpdateExpression update(String text) {
    return updates.get(text);
  }

  /** As {@link Projection#parse}. */
  public Projection projection(String text) {
    return projections.get(text);
  }

  /** As {@link KeyCondition#parse}. */
  public KeyCondition keyCondition(String text) {
    return keyConditions.get(text);
  }

  /** How many expressions are remembered. */
  int size() {
    return conditions.size() + updates.size() + projections.size() + keyConditions.size();
  }

  private interface Parser<T> {
    T parse(String text);
  }

  private static final class Recent<T> {
    private static final float LOAD_FACTOR = 0.75f;

    private final int charsMax;
    private final Parser<T> parser;
    private final Map<String, T> byText = new LinkedHashMap<>(64, LOAD_FACTOR, true);
    private int chars;

    Recent(int charsMax, Parser<T> parser) {
      this.charsMax = charsMax;
      this.parser = parser;
    }

    T get(String text) {
      synchronized (this) {
        T known = byText.get(text);
        if (known != null) {
          return known;
        }
      }
      T parsed = parser.parse(text);
      remember(text, parsed);
      return parsed;
    }

    private synchronized void remember(String text, T parsed) {
      if (text.length() > charsMax || byText.putIfAbsent(text, parsed) != null) {
        return;
      }
      chars += text.length();
      Iterator<String> oldest = byText.keySet().iterator();
      while (chars > charsMax) {
        chars -= oldest.next().length();
        oldest.remove();
      }
    }

    synchronized int size() {
      return byText.size();
    }
  }
}
