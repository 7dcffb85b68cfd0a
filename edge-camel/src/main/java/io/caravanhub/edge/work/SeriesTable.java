package io.caravanhub.edge.work;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The series of one device. Its messages have their metrics in the same order nearly always, so
 * each is looked for first where it was the last time, without making a string of its name.
 */
final class SeriesTable {
  private static final int SERIES_MAX = 5_000;

  private final Function<String, Series> fresh;
  private final List<Series> byPlace = new ArrayList<>();
  private final Map<String, Series> byName = new HashMap<>();

  SeriesTable(Function<String, Series> fresh) {
    this.fresh = fresh;
  }

  /** The series of a name, entered when new; null when there are too many. */
  @Nullable Series find(int place, char[] text, int offset, int length) {
    if (place < byPlace.size() && equal(byPlace.get(place).metric(), text, offset, length)) {
      return byPlace.get(place);
    }
    Series series = find(new String(text, offset, length));
    if (series != null && place < byPlace.size()) {
      byPlace.set(place, series);
    } else if (series != null && place == byPlace.size()) {
      byPlace.add(series);
    }
    return series;
  }

  @Nullable Series find(String metric) {
    Series known = byName.get(metric);
    if (known == null && byName.size() < SERIES_MAX) {
      known = fresh.apply(metric);
      byName.put(metric, known);
    }
    return known;
  }

  Collection<Series> all() {
    return byName.values();
  }

  static boolean equal(String name, char[] text, int offset, int length) {
    if (name.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (name.charAt(i) != text[offset + i]) {
        return false;
      }
    }
    return true;
  }
}
