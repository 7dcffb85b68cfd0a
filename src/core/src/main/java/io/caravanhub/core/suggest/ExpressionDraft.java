package io.caravanhub.core.suggest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes JSONata, for payloads with lists of readings that have times of their own. Stateless. */
final class ExpressionDraft {
  private static final Pattern STEP =
      Pattern.compile("\\[([^=\\]]+)=([^\\]]*)]|\\[(-?\\d+)]|`([^`]*)`|([^.\\[`]+)");
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Set<String> WORDS = Set.of("and", "or", "in", "true", "false", "null");

  private ExpressionDraft() {}

  /**
   * @param times the time of the message by the key "", and of each series by its path
   * @param lorawan whether the fields are what {@code $uplink()} finds
   */
  static String write(List<Chosen> fields, Map<String, Field> times, boolean lorawan) {
    Map<String, List<Chosen>> parts = new LinkedHashMap<>();
    if (lorawan) {
      parts.put("", new ArrayList<>());
    }
    for (Chosen one : fields) {
      String series = one.field().series();
      parts.computeIfAbsent(series == null ? "" : series, key -> new ArrayList<>()).add(one);
    }
    String base = lorawan ? "$up.fields." : "";
    List<String> messages = new ArrayList<>();
    parts.forEach(
        (series, lines) -> {
          boolean own = series.isEmpty();
          List<String> readings = new ArrayList<>();
          lines.forEach(one -> readings.add(reading(one, own ? base : "")));
          String time = time(times.get(series));
          if (lorawan && own) {
            time = "$up.time";
            readings.add("$up.radio");
          }
          String of = own ? "" : (series.equals("$") ? "$" : base + path(series)) + ".";
          messages.add(of + message(readings, time));
        });
    boolean one = messages.size() == 1 && parts.containsKey("");
    String body =
        one
            ? "  " + messages.get(0)
            : "  [\n    " + String.join(",\n    ", messages) + "\n  ][$count(measurements) > 0]";
    return lorawan ? "(\n  $up := $uplink();\n" + body + "\n)\n" : body.strip() + "\n";
  }

  private static String message(List<String> readings, @Nullable String time) {
    StringBuilder text = new StringBuilder("{\n");
    if (time != null) {
      text.append("    \"timestamp\": ").append(time).append(",\n");
    }
    text.append("    \"measurements\": [\n");
    return text.append("      ")
        .append(String.join(",\n      ", readings))
        .append("\n    ]\n  }")
        .toString();
  }

  private static @Nullable String time(@Nullable Field time) {
    if (time == null) {
      return null;
    }
    String path = path(time.path());
    String format = String.valueOf(Times.format(time));
    return switch (format) {
      case "iso" -> path;
      case "local" -> "$localTime(" + path + ", \"UTC\")";
      default -> "$epoch(" + path + ", \"" + format + "\")";
    };
  }

  private static String reading(Chosen one, String base) {
    String value = base + path(one.field().path());
    if (one.values().inText()) {
      value = "$num(" + value + ")";
    }
    if (!one.values().markers().isEmpty()) {
      value = "$unless(" + value + ", " + Set.copyOf(one.values().markers()) + ")";
    }
    if (one.isSwitch()) {
      value = value + ".($ ? \"on\" : \"off\")";
    }
    Map<String, Boolean> states = one.match().metric().isText() ? null : States.of(one.values());
    if (states != null) {
      List<String> pairs = new ArrayList<>();
      states.forEach((text, is) -> pairs.add(quoted(text) + ": " + is));
      value = "$pick(" + value + ", {" + String.join(", ", pairs) + "})";
    }
    String unit = one.unit();
    if (one.isDifference()) {
      value = "$convertDifference(" + value + ", " + quoted(String.valueOf(unit)) + ", \"K\")";
      unit = "K";
    }
    return "$reading(\""
        + one.key()
        + "\", "
        + value
        + (unit == null ? "" : ", " + quoted(unit))
        + ")";
  }

  /** A field table's path as JSONata writes it. */
  static String path(String path) {
    StringBuilder text = new StringBuilder();
    Matcher step = STEP.matcher(path);
    while (step.find()) {
      if (step.group(1) != null) {
        text.append('[')
            .append(name(step.group(1)))
            .append('=')
            .append(quoted(step.group(2)))
            .append("][0]");
      } else if (step.group(3) != null) {
        text.append('[').append(step.group(3)).append(']');
      } else {
        text.append(text.length() == 0 ? "" : ".")
            .append(name(step.group(4) != null ? step.group(4) : step.group(5)));
      }
    }
    return text.toString();
  }

  private static String name(String name) {
    return IDENTIFIER.matcher(name).matches() && !WORDS.contains(name) ? name : "`" + name + "`";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
