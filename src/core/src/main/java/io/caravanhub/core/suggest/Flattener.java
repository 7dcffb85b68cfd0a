package io.caravanhub.core.suggest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes payloads apart into their scalars. A list of names and values is as many fields as it has
 * names; a list of readings with times is a series; of any other list each element is a channel. Of
 * a field it keeps some 200 values, and of payloads without end the first 100,000. Belongs to one
 * thread.
 */
final class Flattener {
  private static final int MOST = 2_000;
  private static final int MOST_VALUES = 200;
  private static final int MOST_WALKED = 100_000;
  private static final int DEEPEST = 20;
  private static final int MOST_CHANNELS = 12;
  private static final int MOST_ELEMENTS = 4;
  private static final Pattern PLAIN = Pattern.compile("[^.\\[\\]`]+");
  private static final Set<String> UNIT_KEYS =
      Set.of("unit", "units", "uom", "unitofmeasurement", "unit_of_measurement", "u");
  private static final Set<String> VALUE_KEYS =
      Set.of("value", "val", "v", "values", "reading", "data", "measurement", "latest", "num");
  private static final Set<String> NAME_KEYS =
      Set.of(
          "name",
          "id",
          "n",
          "key",
          "variable",
          "metric",
          "sensor",
          "channel",
          "point",
          "parameter",
          "param",
          "tag",
          "label",
          "type",
          "code",
          "quantity",
          "signal",
          "measurand");
  private static final Set<String> SERIES_WORDS =
      Set.of(
          "history",
          "samples",
          "records",
          "readings",
          "log",
          "datalog",
          "series",
          "entries",
          "buffer",
          "backlog",
          "points",
          "values");

  private final Map<String, Field> fields = new LinkedHashMap<>();
  private final Map<String, String> unitHints = new LinkedHashMap<>();
  private int walked;

  /** Where the walk is. */
  private record At(
      String path, List<String> names, int channel, int channels, @Nullable String series) {
    At below(String step, String name) {
      List<String> longer = new ArrayList<>(names);
      longer.add(name);
      String joined = path.isEmpty() || step.startsWith("[") ? path + step : path + "." + step;
      return new At(joined, longer, channel, channels, series);
    }
  }

  void add(@Nullable Object payload) {
    At root = new At("", List.of(), 0, 0, null);
    if (payload instanceof List<?> list) {
      for (Object element : list) {
        walk(element, new At("", List.of(), 0, 0, "$"), null);
      }
    } else {
      walk(payload, root, null);
    }
  }

  List<Field> fields() {
    return List.copyOf(fields.values());
  }

  /** Units that a field of their own names for others: the words before "unit", and the unit. */
  Map<String, String> unitHints() {
    return unitHints;
  }

  private void walk(@Nullable Object value, At at, @Nullable String unit) {
    if (at.names().size() > DEEPEST || fields.size() > MOST || ++walked > MOST_WALKED) {
      return;
    }
    if (value instanceof Map<?, ?> map) {
      String beside = unitIn(map);
      map.forEach(
          (key, child) -> {
            String name = String.valueOf(key);
            boolean isValue = VALUE_KEYS.contains(name.toLowerCase(Locale.ROOT));
            if (!isUnitKey(name, child)) {
              walk(child, at.below(step(name), name), isValue ? beside : named(map, name));
            }
          });
    } else if (value instanceof List<?> list) {
      list(list, at, unit);
    } else if (value != null && !at.path().isEmpty()) {
      scalar(value, at, unit);
    }
  }

  private void list(List<?> list, At at, @Nullable String unit) {
    if (list.isEmpty()) {
      return;
    }
    if (!(list.get(0) instanceof Map<?, ?> first)) {
      // Of bare numbers the first is the latest or only one, or they are phases or channels.
      int count = list.size() <= MOST_ELEMENTS ? list.size() : 1;
      for (int i = 0; i < count; i++) {
        Object element = list.get(i);
        At below = new At(at.path() + "[" + i + "]", at.names(), i + 1, list.size(), at.series());
        if (!(element instanceof List)) {
          walk(element, below, unit);
        }
      }
      return;
    }
    String nameKey = nameKey(list, first);
    if (nameKey != null) {
      named(list, nameKey, at);
    } else if (isSeries(list, at)) {
      for (Object element : list) {
        walk(element, new At("", above(at.names()), 0, 0, at.path()), null);
      }
    } else {
      boolean heard = at.names().stream().anyMatch(Flattener::isEnvelope);
      int count = heard ? 1 : Math.min(list.size(), MOST_CHANNELS);
      for (int i = 0; i < count; i++) {
        walk(
            list.get(i),
            new At(at.path() + "[" + i + "]", at.names(), i + 1, list.size(), at.series()),
            null);
      }
    }
  }

  private static boolean isEnvelope(String name) {
    return Words.split(name).stream()
        .anyMatch(word -> Words.means(word.toLowerCase(Locale.ROOT), Words.ENVELOPE));
  }

  private void named(List<?> list, String nameKey, At at) {
    for (Object element : list) {
      Map<?, ?> map = (Map<?, ?>) Objects.requireNonNull(element);
      String name = String.valueOf(map.get(nameKey));
      String step = "[" + nameKey + "=" + name + "]";
      At below = at.below(step, name);
      String beside = unitIn(map);
      map.forEach(
          (key, child) -> {
            String own = String.valueOf(key);
            if (!own.equals(nameKey) && !isUnitKey(own, child)) {
              boolean isValue = VALUE_KEYS.contains(own.toLowerCase(Locale.ROOT));
              walk(child, below.below(step(own), own), isValue ? beside : null);
            }
          });
    }
  }

  /** The field whose texts tell the elements apart, when each has one and a value. */
  private static @Nullable String nameKey(List<?> list, Map<?, ?> first) {
    for (Object key : first.keySet()) {
      String name = String.valueOf(key);
      if (!NAME_KEYS.contains(name.toLowerCase(Locale.ROOT))) {
        continue;
      }
      List<String> texts = new ArrayList<>();
      int valued = 0;
      for (Object element : list) {
        if (element instanceof Map<?, ?> map
            && map.get(key) instanceof String text
            && PLAIN.matcher(text).matches()
            && !text.contains("=")) {
          texts.add(text);
          valued += hasValue(map) ? 1 : 0;
        }
      }
      if (valued * 2 > list.size()
          && texts.size() == list.size()
          && Set.copyOf(texts).size() == texts.size()) {
        return name;
      }
    }
    return null;
  }

  /** The names without that of the series, when it only says that it is one. */
  private static List<String> above(List<String> names) {
    int last = names.size() - 1;
    return SERIES_WORDS.contains(names.get(last).toLowerCase(Locale.ROOT))
        ? names.subList(0, last)
        : names;
  }

  private static boolean hasValue(Map<?, ?> map) {
    return map.keySet().stream()
        .anyMatch(key -> VALUE_KEYS.contains(String.valueOf(key).toLowerCase(Locale.ROOT)));
  }

  private static boolean isSeries(List<?> list, At at) {
    if (at.series() != null) {
      return false;
    }
    List<Object> times = new ArrayList<>();
    for (Object element : list) {
      if (element instanceof Map<?, ?> map) {
        map.entrySet().stream()
            .filter(e -> Times.format(String.valueOf(e.getKey()), e.getValue()) != null)
            .findFirst()
            .ifPresent(e -> times.add(Objects.requireNonNull(e.getValue())));
      }
    }
    String name = at.names().isEmpty() ? "" : at.names().get(at.names().size() - 1);
    boolean called = SERIES_WORDS.contains(name.toLowerCase(Locale.ROOT));
    return times.size() == list.size() && (called || Set.copyOf(times).size() > 1);
  }

  private void scalar(Object value, At at, @Nullable String unit) {
    String key = at.series() + " " + at.path();
    Field known = fields.get(key);
    if (known == null) {
      List<Object> values = new ArrayList<>(2);
      values.add(value);
      fields.put(
          key,
          new Field(at.path(), at.names(), values, unit, at.channel(), at.channels(), at.series()));
      return;
    }
    if (known.values().size() < MOST_VALUES) {
      known.values().add(value);
    }
    if (known.unitBeside() == null && unit != null) {
      fields.put(key, known.beside(unit));
    }
  }

  private static String step(String name) {
    return PLAIN.matcher(name).matches() ? name : "`" + name.replace("`", "") + "`";
  }

  private boolean isUnitKey(String name, @Nullable Object value) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!(value instanceof String text) || !lower.contains("unit") && !UNIT_KEYS.contains(lower)) {
      return false;
    }
    String code = UnitNames.code(text);
    if (code != null && !UNIT_KEYS.contains(lower)) {
      unitHints.putIfAbsent(lower.replaceAll("_?units?_?", ""), code);
    }
    return code != null;
  }

  private static @Nullable String unitIn(Map<?, ?> map) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (UNIT_KEYS.contains(String.valueOf(entry.getKey()).toLowerCase(Locale.ROOT))
          && entry.getValue() instanceof String text) {
        return UnitNames.code(text);
      }
    }
    return null;
  }

  /** {@code temperature_unit} beside {@code temperature}. */
  private static @Nullable String named(Map<?, ?> map, String name) {
    for (String suffix : List.of("_unit", "Unit", "_units", "Units")) {
      if (map.get(name + suffix) instanceof String text) {
        return UnitNames.code(text);
      }
    }
    return null;
  }
}
