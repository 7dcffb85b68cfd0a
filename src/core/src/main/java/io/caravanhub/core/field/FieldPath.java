package io.caravanhub.core.field;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a value lies in a payload: {@code em0.act_power}, {@code temps[1]}, {@code temps[-1]} from
 * the end, {@code readings[id=t2].val} for the first element whose field says so, {@code
 * `odd.name`.x} for a name with dots. A field whose name is the whole text comes first. Immutable.
 */
public final class FieldPath {
  private static final int MOST_SEARCHED = 5_000;

  private final String text;
  private final List<Step> steps;

  private FieldPath(String text, List<Step> steps) {
    this.text = text;
    this.steps = List.copyOf(steps);
  }

  private sealed interface Step {
    record Name(String name) implements Step {}

    record Index(int index) implements Step {}

    record Where(String name, String value) implements Step {}
  }

  /**
   * Reads a path.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static FieldPath parse(String text) {
    List<Step> steps = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '[') {
        int end = closing(text, at, ']');
        steps.add(selector(text.substring(at + 1, end)));
        at = end + 1;
      } else {
        if (c == '.' && at > 0) {
          at++;
        }
        int end = at;
        if (at < text.length() && text.charAt(at) == '`') {
          end = closing(text, at, '`');
          steps.add(new Step.Name(text.substring(at + 1, end)));
          at = end + 1;
        } else {
          while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
            end++;
          }
          if (end == at) {
            throw new IllegalArgumentException("expected a name at character " + (at + 1));
          }
          steps.add(new Step.Name(text.substring(at, end)));
          at = end;
        }
      }
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("expected a field of the payload, got nothing");
    }
    return new FieldPath(text, steps);
  }

  private static int closing(String text, int at, char close) {
    int end = text.indexOf(close, at + 1);
    if (end < 0) {
      throw new IllegalArgumentException("no " + close + " for character " + (at + 1));
    }
    return end;
  }

  private static Step selector(String inner) {
    int equals = inner.indexOf('=');
    if (equals > 0) {
      return new Step.Where(
          inner.substring(0, equals).strip(), inner.substring(equals + 1).strip());
    }
    try {
      return new Step.Index(Integer.parseInt(inner.strip()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected a number or name=value in brackets, got \"" + inner + "\"", e);
    }
  }

  /**
   * The value there, or null when there is none; {@code [id=x]} is looked for among the first 5,000
   * elements of a list.
   */
  public @Nullable Object find(@Nullable Object payload) {
    return find(payload, false);
  }

  /**
   * The same for a table, which tells of what it did not look at.
   *
   * @throws IllegalArgumentException when {@code [id=x]} is not among the first 5,000 of a longer
   *     list
   */
  @Nullable Object search(@Nullable Object payload) {
    return find(payload, true);
  }

  private @Nullable Object find(@Nullable Object payload, boolean telling) {
    if (steps.size() > 1 && payload instanceof Map<?, ?> map) {
      Object whole = map.get(text);
      if (whole != null) {
        return whole;
      }
    }
    Object value = payload;
    for (Step step : steps) {
      value = next(value, step, telling);
      if (value == null) {
        return null;
      }
    }
    return value;
  }

  private @Nullable Object next(@Nullable Object value, Step step, boolean telling) {
    if (step instanceof Step.Name name) {
      return value instanceof Map<?, ?> map ? map.get(name.name()) : null;
    }
    if (!(value instanceof List<?> list)) {
      return null;
    }
    if (step instanceof Step.Index index) {
      int at = index.index() < 0 ? list.size() + index.index() : index.index();
      return at >= 0 && at < list.size() ? list.get(at) : null;
    }
    return first(list, (Step.Where) step, telling);
  }

  private @Nullable Object first(List<?> list, Step.Where where, boolean telling) {
    int searched = Math.min(list.size(), MOST_SEARCHED);
    for (int i = 0; i < searched; i++) {
      if (list.get(i) instanceof Map<?, ?> map
          && Objects.toString(map.get(where.name()), "").equals(where.value())) {
        return map;
      }
    }
    if (telling && searched < list.size()) {
      throw new IllegalArgumentException(
          "fields."
              + text
              + ": not among the first "
              + MOST_SEARCHED
              + " elements of a list of "
              + list.size()
              + ", which is as far as a table looks; split the message, or use JSONata");
    }
    return null;
  }

  @Override
  public String toString() {
    return text;
  }
}
