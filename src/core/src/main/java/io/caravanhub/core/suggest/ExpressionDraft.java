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
   */
  static String write(List<Chosen> fields, Map<String, Field> times) {
    Map<String, List<Chosen>> parts = new LinkedHashMap<>();
    for (Chosen one : fields) {
      String series = one.field().series();
      parts.computeIfAbsent(series == null ? "" : series, key -> new ArrayList<>()).add(one);
    }
    List<String> messages = new ArrayList<>();
    parts.forEach(
        (series, lines) -> {
          String message = message(lines, times.get(series));
          messages.add(
              series.isEmpty()
                  ? message
                  : (series.equals("$") ? "$" : path(series)) + "." + message);
        });
    return "[\n  " + String.join(",\n  ", messages) + "\n][$count(measurements) > 0]\n";
  }

  private static String message(List<Chosen> lines, @Nullable Field time) {
    StringBuilder text = new StringBuilder("{\n");
    if (time != null) {
      text.append("    \"timestamp\": ").append(time(time)).append(",\n");
    }
    text.append("    \"measurements\": [\n");
    List<String> readings = lines.stream().map(ExpressionDraft::reading).toList();
    return text.append("      ")
        .append(String.join(",\n      ", readings))
        .append("\n    ]\n  }")
        .toString();
  }

  private static String time(Field time) {
    String path = path(time.path());
    String format = String.valueOf(Times.format(time));
    return switch (format) {
      case "iso" -> path;
      case "local" -> "$localTime(" + path + ", \"UTC\")";
      default -> "$epoch(" + path + ", \"" + format + "\")";
    };
  }

  private static String reading(Chosen one) {
    String value = path(one.field().path());
    if (one.values().inText()) {
      value = "$num(" + value + ")";
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
