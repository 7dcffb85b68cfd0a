package io.caravanhub.core.suggest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes a field table. Stateless. */
final class TableDraft {
  private static final Pattern BARE = Pattern.compile("[A-Za-z_][A-Za-z0-9_./]*");
  private static final Pattern WORD = Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");
  private static final String DIFFERENCE_OF_FAHRENHEIT = "0.5555555555555556";

  private TableDraft() {}

  static String write(List<Chosen> fields, @Nullable Field time) {
    StringBuilder table = new StringBuilder();
    if (time != null) {
      table.append("timestamp: ").append(time(time)).append('\n');
    }
    table.append("fields:\n");
    for (Chosen one : fields) {
      table
          .append("  ")
          .append(quoted(one.field().path()))
          .append(": {")
          .append(String.join(", ", settings(one)))
          .append("}\n");
    }
    return table.toString();
  }

  private static String time(Field time) {
    String path = quoted(time.path());
    String format = String.valueOf(Times.format(time));
    return switch (format) {
      case "iso" -> path;
      case "local" -> "{field: " + path + ", zone: UTC}";
      default -> "{field: " + path + ", unit: " + format + "}";
    };
  }

  private static List<String> settings(Chosen one) {
    List<String> settings = new ArrayList<>(List.of("metric: " + one.key()));
    String unit = one.unit();
    if (one.isDifference()) {
      settings.add("unit: K");
      if ("[degF]".equals(unit)) {
        settings.add("scale: " + DIFFERENCE_OF_FAHRENHEIT);
      }
    } else if (unit != null) {
      settings.add("unit: " + quoted(unit));
    }
    if (!one.values().markers().isEmpty()) {
      settings.add("unless: " + Set.copyOf(one.values().markers()));
    }
    if (one.values().inText()) {
      settings.add("parse: true");
    }
    if (one.isSwitch()) {
      settings.add("enum: {\"true\": \"on\", \"false\": \"off\"}");
    }
    Map<String, Boolean> states = one.match().metric().isText() ? null : States.of(one.values());
    if (states != null) {
      List<String> pairs = new ArrayList<>();
      states.forEach((text, is) -> pairs.add(quoted(text) + ": " + is));
      settings.add("enum: {" + String.join(", ", pairs) + "}");
    }
    return settings;
  }

  private static String quoted(String text) {
    return BARE.matcher(text).matches() && !WORD.matcher(text).matches()
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
