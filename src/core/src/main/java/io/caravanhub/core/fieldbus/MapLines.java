package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which line of a YAML text a field is in. Immutable. */
final class MapLines {
  private static final YAMLFactory YAML = new YAMLFactory();
  private static final Pattern PATH = Pattern.compile("^([A-Za-z0-9_.\\[\\]]+):? ");

  private final Map<String, Integer> lines;

  private MapLines(Map<String, Integer> lines) {
    this.lines = lines;
  }

  static MapLines of(String yaml) {
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser parser = YAML.createParser(yaml)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        boolean begins = token != JsonToken.END_OBJECT && token != JsonToken.END_ARRAY;
        if (begins && token != JsonToken.START_ARRAY) {
          lines.putIfAbsent(
              path(parser.getParsingContext()), parser.currentTokenLocation().getLineNr());
        }
      }
    } catch (IOException incomplete) {
      // What comes after a mistake in the YAML itself has no line.
      return new MapLines(lines);
    }
    return new MapLines(lines);
  }

  /** {@code :LINE} of the field that a message begins with, or nothing when it names none. */
  String at(@Nullable String message) {
    Matcher matcher = PATH.matcher(message == null ? "" : message);
    String path = matcher.find() ? matcher.group(1) : "";
    while (!path.isEmpty()) {
      Integer line = lines.get(path);
      if (line != null) {
        return ":" + line;
      }
      int cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
      path = cut < 0 ? "" : path.substring(0, cut);
    }
    return "";
  }

  /** The line of a field, or 0. */
  int line(String path) {
    return lines.getOrDefault(path, 0);
  }

  private static String path(JsonStreamContext context) {
    if (context == null || context.inRoot()) {
      return "";
    }
    String parent = path(context.getParent());
    if (context.inArray()) {
      return parent + "[" + context.getCurrentIndex() + "]";
    }
    String name = context.getCurrentName();
    return name == null ? parent : parent.isEmpty() ? name : parent + "." + name;
  }
}
