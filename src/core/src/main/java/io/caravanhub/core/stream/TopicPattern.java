package io.caravanhub.core.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A topic with places: {@code {name}} is one level, {@code {name*}} one or more, {@code +} and
 * {@code #} are MQTT's own (MQTT 5, section 4.7). A place named like a setting of the connection is
 * that setting, which may be several levels. Immutable.
 */
public final class TopicPattern {
  private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9_]*)(\\*?)}");

  private final String filter;
  private final Pattern pattern;
  private final Map<String, String> groups = new LinkedHashMap<>();

  private TopicPattern(String text) {
    StringJoiner asked = new StringJoiner("/");
    StringBuilder regex = new StringBuilder();
    boolean rest = false;
    String between = "";
    for (String level : text.split("/", -1)) {
      Matcher place = PLACE.matcher(level);
      boolean named = place.matches();
      if (level.equals("#")) {
        // The level above is meant as well.
        regex.append(between.isEmpty() ? ".*" : "(?:/.*)?");
      } else {
        regex.append(between);
        if (named) {
          String group = "g" + groups.size();
          groups.put(place.group(1), group);
          regex.append("(?<").append(group).append('>');
          regex.append(place.group(2).isEmpty() ? "[^/]+" : ".+?").append(')');
        } else {
          regex.append(level.equals("+") ? "[^/]*" : Pattern.quote(level));
        }
      }
      if (!rest) {
        rest = level.equals("#") || named && !place.group(2).isEmpty();
        asked.add(rest ? "#" : named ? "+" : level);
      }
      between = "/";
    }
    this.filter = asked.toString();
    this.pattern = Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /**
   * The pattern with the settings of a connection filled in.
   *
   * @param settings answers a name with its value, or null when it is no setting
   */
  public static TopicPattern of(String text, Function<String, @Nullable String> settings) {
    Matcher places = PLACE.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (places.find()) {
      String value = places.group(2).isEmpty() ? settings.apply(places.group(1)) : null;
      places.appendReplacement(
          filled, Matcher.quoteReplacement(value == null ? places.group() : value));
    }
    return new TopicPattern(places.appendTail(filled).toString());
  }

  /** What is wrong with a pattern, or null. */
  static @Nullable String problem(String text) {
    if (text.isEmpty()) {
      return "expected a topic";
    }
    String[] levels = text.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      boolean place = PLACE.matcher(levels[i]).matches();
      if (!place && levels[i].matches(".*[{}].*")) {
        return "a place is a whole level: tele/{device}/SENSOR";
      }
      if (levels[i].contains("#") && !(levels[i].equals("#") && i == levels.length - 1)
          || levels[i].contains("+") && !levels[i].equals("+")) {
        return "+ is a whole level and # the last one";
      }
    }
    return null;
  }

  /** The MQTT topic filter that lets all these topics in. */
  public String filter() {
    return filter;
  }

  /** The named places of a topic, or null when it does not fit. */
  public @Nullable Map<String, String> match(String topic) {
    Matcher matcher = pattern.matcher(topic);
    if (!matcher.matches()) {
      return null;
    }
    Map<String, String> found = new LinkedHashMap<>();
    groups.forEach((name, group) -> found.put(name, matcher.group(group)));
    return found;
  }

  /** Whether one MQTT filter lets in whatever another does. */
  static boolean covers(String wide, String narrow) {
    String[] a = wide.split("/", -1);
    String[] b = narrow.split("/", -1);
    for (int i = 0; i < a.length; i++) {
      if (a[i].equals("#")) {
        return true;
      }
      if (i >= b.length || b[i].equals("#") || !a[i].equals("+") && !a[i].equals(b[i])) {
        return false;
      }
    }
    return a.length == b.length;
  }
}
