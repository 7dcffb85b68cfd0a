package io.caravanhub.core.function;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Look-ups in tables that the mapping holds; called by the library. */
public final class TableFunctions {
  private TableFunctions() {}

  /**
   * What the table says for a value (numbers, true and false as they are written), else a default.
   */
  public static @Nullable Object pick(
      @Nullable Object value, @Nullable Object table, @Nullable Object otherwise) {
    if (Arguments.isNothing(value)) {
      return null;
    }
    if (!(table instanceof Map<?, ?> map)) {
      throw Arguments.wrong("pick", "expected an object as table", table);
    }
    String key =
        value instanceof Number number
            ? String.valueOf(Arguments.result(number.doubleValue()))
            : String.valueOf(value);
    Object found = map.get(key);
    return found == null ? otherwise : found;
  }

  /** The value of a curve at x, straight between its points, held at its ends. */
  public static @Nullable Object interpolate(@Nullable Object value, @Nullable Object points) {
    Double x = Arguments.number("interpolate", value);
    if (x == null) {
      return null;
    }
    List<?> curve = Arguments.list("interpolate", "points", points);
    double lastX = Double.NaN;
    double lastY = Double.NaN;
    for (Object point : curve) {
      List<?> pair = Arguments.list("interpolate", "point [x, y]", point);
      if (pair.size() != 2) {
        throw Arguments.wrong("interpolate", "expected points [x, y]", point);
      }
      double nextX = Arguments.required("interpolate", "x", pair.get(0));
      double nextY = Arguments.required("interpolate", "y", pair.get(1));
      if (nextX <= lastX) {
        throw Arguments.wrong("interpolate", "expected points with rising x", nextX);
      }
      if (x <= nextX) {
        return Arguments.result(
            Double.isNaN(lastX) ? nextY : lastY + (x - lastX) * (nextY - lastY) / (nextX - lastX));
      }
      lastX = nextX;
      lastY = nextY;
    }
    if (Double.isNaN(lastY)) {
      throw Arguments.wrong("interpolate", "expected at least one point", points);
    }
    return Arguments.result(lastY);
  }
}
