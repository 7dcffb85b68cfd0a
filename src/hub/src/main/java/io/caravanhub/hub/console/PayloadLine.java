package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A line of a payload as it is shown.
 *
 * @param marked whether the field at fault is on it
 */
public record PayloadLine(String text, boolean marked) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  /**
   * JSON indented, anything else line by line as it is.
   *
   * @param field where it is wrong, as {@code measurements[2].value} or {@code /value}; when the
   *     payload has no such place, fields of the same last name are marked, for a mapping may have
   *     moved it
   */
  static List<PayloadLine> layOut(String payload, @Nullable String field, int longest) {
    if (payload.length() > longest) {
      return List.of(
          new PayloadLine(payload.substring(0, longest / 10) + "…", false),
          new PayloadLine("(" + payload.length() + " characters in all)", false));
    }
    String wanted = field == null ? "" : field.replaceFirst("^/", "").replace('/', '.');
    try {
      JsonNode json = JSON.readTree(payload);
      if (json.isContainerNode()) {
        List<PayloadLine> exact = draw(json, wanted, false);
        return exact.stream().anyMatch(PayloadLine::marked) || wanted.isEmpty()
            ? exact
            : draw(json, wanted.replaceFirst("\\.(value|unit|quality|timestamp)$", ""), true);
      }
    } catch (JsonProcessingException e) {
      // shown as it is
    }
    return payload.lines().map(line -> new PayloadLine(line, false)).toList();
  }

  static String join(List<PayloadLine> lines) {
    return lines.stream().map(PayloadLine::text).collect(Collectors.joining("\n"));
  }

  private static List<PayloadLine> draw(JsonNode json, String wanted, boolean byName) {
    Drawing drawing =
        new Drawing(byName ? wanted.substring(wanted.lastIndexOf('.') + 1) : wanted, byName);
    drawing.draw("", "", json, "", "", false);
    return drawing.lines;
  }

  private static final class Drawing {
    final List<PayloadLine> lines = new ArrayList<>();
    private final String wanted;
    private final boolean byName;

    Drawing(String wanted, boolean byName) {
      this.wanted = wanted;
      this.byName = byName;
    }

    void draw(
        String indent, String before, JsonNode node, String after, String path, boolean within) {
      boolean marked = within || isWanted(path);
      if (!node.isContainerNode() || node.isEmpty()) {
        lines.add(new PayloadLine(indent + before + node + after, marked));
        return;
      }
      lines.add(new PayloadLine(indent + before + (node.isArray() ? "[" : "{"), marked));
      int left = node.size();
      if (node.isArray()) {
        for (int i = 0; i < node.size(); i++) {
          draw(indent + "  ", "", node.get(i), --left > 0 ? "," : "", path + "[" + i + "]", marked);
        }
      } else {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
          draw(
              indent + "  ",
              JSON.getNodeFactory().textNode(entry.getKey()) + ": ",
              entry.getValue(),
              --left > 0 ? "," : "",
              path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
              marked);
        }
      }
      lines.add(new PayloadLine(indent + (node.isArray() ? "]" : "}") + after, marked));
    }

    private boolean isWanted(String path) {
      if (wanted.isEmpty() || path.isEmpty()) {
        return false;
      }
      return byName
          ? path.substring(path.lastIndexOf('.') + 1).equals(wanted)
          : path.equals(wanted) || path.replaceAll("\\[(\\d+)]", ".$1").equals(wanted);
    }
  }
}
