package io.caravanhub.core.mapping;

import com.dashjoin.jsonata.Jsonata;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One walk over what a {@link Plan} gives: counts values and characters up to a limit, each
 * reference anew, and puts null where the library's own null is. Texts and numbers are asked for
 * first, as most values are some, and asking them whether they are maps is dear. Belongs to one
 * thread.
 */
final class PlanResult {
  static final int MOST_CHARACTERS = 200_000;
  private static final int MOST_VALUES = 20_000;
  private static final int DEEPEST = 100;

  private int values;
  private int characters;

  private PlanResult() {}

  /** The result as the library would hand it out. */
  static @Nullable Object of(@Nullable Object result) {
    if (result == Jsonata.NULL_VALUE) {
      return null;
    }
    new PlanResult().walk(result, 0);
    return result;
  }

  private void walk(@Nullable Object value, int depth) {
    if (++values > MOST_VALUES || depth > DEEPEST) {
      throw Plan.left();
    }
    if (value instanceof String text) {
      characters += text.length();
      if (characters > MOST_CHARACTERS) {
        throw Plan.left();
      }
    } else if (value == null || value instanceof Number || value instanceof Boolean) {
      return;
    } else if (value instanceof Map<?, ?> map) {
      fields(map, depth);
    } else if (value instanceof List<?> list) {
      elements(list, depth);
    }
  }

  private <K, V> void fields(Map<K, @Nullable V> map, int depth) {
    for (Map.Entry<K, @Nullable V> field : map.entrySet()) {
      V value = field.getValue();
      if (value == Jsonata.NULL_VALUE) {
        field.setValue(null);
      }
      walk(value, depth + 1);
    }
  }

  private <V> void elements(List<@Nullable V> list, int depth) {
    for (int i = 0; i < list.size(); i++) {
      V value = list.get(i);
      if (value == Jsonata.NULL_VALUE) {
        list.set(i, null);
      }
      walk(value, depth + 1);
    }
  }
}
