package io.caravanhub.core.field;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.core.unit.Units;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a field table; what is wrong is told by line and field. Belongs to one thread. */
final class FieldTableReader {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
  private static final int MOST = 2_000;
  private static final int LONGEST = 256 * 1024;
  private static final Set<String> TABLE = Set.of("timestamp", "fields", "description");
  private static final Set<String> TIME = Set.of("field", "unit", "zone");
  private static final Set<String> RULE =
      Set.of(
          "field",
          "vendor_field",
          "metric",
          "unit",
          "scale",
          "offset",
          "clamp",
          "enum",
          "otherwise",
          "unless",
          "bit",
          "parse",
          "required",
          "description");

  private final Map<JsonPointer, Integer> lines = new HashMap<>();
  private final JsonNode root;

  FieldTableReader(String content) {
    if (content.length() > LONGEST) {
      throw new FieldTableException(0, "fields", "longer than " + LONGEST + " characters");
    }
    this.root = parse(content);
  }

  private JsonNode parse(String content) {
    try (JsonParser parser = YAML.createParser(content)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        lines.putIfAbsent(
            parser.getParsingContext().pathAsPointer(), parser.currentTokenLocation().getLineNr());
      }
      return YAML.readTree(content);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new FieldTableException(line, "fields", "not YAML: " + reason);
    } catch (IOException e) {
      throw new FieldTableException(0, "fields", "cannot be read: " + e.getMessage());
    }
  }

  FieldTable read() {
    TablePlace whole = new TablePlace(root, lines, JsonPointer.empty(), "");
    // The bare lines, as an API or a table of the database hands them over.
    boolean bare = root.isArray() || root.isObject() && !root.has("fields");
    if (!bare) {
      whole.only(TABLE);
    }
    TablePlace fields =
        bare ? new TablePlace(root, lines, JsonPointer.empty(), "fields") : whole.child("fields");
    List<FieldRule> rules = new ArrayList<>();
    if (fields.node().isArray()) {
      for (int i = 0; i < fields.node().size(); i++) {
        TablePlace line = fields.child(i);
        rules.add(rule(line, line.has("field") ? line.text("field") : line.text("vendor_field")));
      }
    } else if (fields.node().isObject()) {
      fields
          .node()
          .fieldNames()
          .forEachRemaining(name -> rules.add(rule(fields.child(name), name)));
    } else {
      throw fields.wrong("expected lines such as temp: {metric: temperature, unit: Cel}");
    }
    if (rules.isEmpty() || rules.size() > MOST) {
      throw fields.wrong("expected 1 to " + MOST + " lines, got " + rules.size());
    }
    return new FieldTable(
        !bare && whole.has("timestamp") ? time(whole.child("timestamp")) : null, rules);
  }

  private static TimeField time(TablePlace place) {
    if (place.node().isTextual()) {
      return new TimeField(path(place, place.node().asText()), null, null);
    }
    place.only(TIME);
    String unit = place.optionalText("unit");
    if (unit != null && !Set.of("s", "ms", "us", "ns").contains(unit)) {
      throw place.child("unit").wrong("expected s, ms, us or ns, got \"" + unit + "\"");
    }
    String zone = place.optionalText("zone");
    if (zone != null) {
      try {
        java.time.ZoneId.of(zone);
      } catch (java.time.DateTimeException e) {
        throw place
            .child("zone")
            .wrong("expected a time zone such as Europe/Berlin, got \"" + zone + "\"");
      }
    }
    return new TimeField(path(place.child("field"), place.text("field")), unit, zone);
  }

  private static FieldRule rule(TablePlace place, String field) {
    FieldPath path = path(place, field);
    if (place.node().isTextual()) {
      return new FieldRule(
          path,
          metric(place, place.node().asText()),
          null,
          List.of(),
          -1,
          Map.of(),
          null,
          1,
          0,
          null,
          null,
          false,
          false);
    }
    place.only(RULE);
    String unit = place.optionalText("unit");
    if (unit != null && !Units.isKnown(unit)) {
      throw place
          .child("unit")
          .wrong("unknown unit \"" + unit + "\"; expected a UCUM code such as Cel, kPa or A");
    }
    TablePlace clamp = place.child("clamp");
    Double low = limit(clamp, 0, "min");
    Double high = limit(clamp, 1, "max");
    if (low != null && high != null && low > high) {
      throw clamp.wrong("expected [lowest, highest], got " + clamp.node());
    }
    return new FieldRule(
        path,
        metric(place.child("metric"), place.text("metric")),
        unit,
        place.scalars("unless"),
        bit(place),
        states(place.child("enum")),
        place.has("otherwise") ? place.child("otherwise").scalar() : null,
        place.number("scale", 1, -1e15, 1e15),
        place.number("offset", 0, -1e15, 1e15),
        low,
        high,
        place.flag("parse"),
        place.flag("required"));
  }

  private static int bit(TablePlace place) {
    double bit = place.number("bit", -1, 0, 52);
    if (bit != Math.rint(bit)) {
      throw place.child("bit").wrong("expected a whole number from 0 to 52, got " + bit);
    }
    return (int) bit;
  }

  private static String metric(TablePlace place, String metric) {
    if (metric.isBlank() || metric.length() > 200) {
      throw place.wrong("expected a metric's key of 1 to 200 characters");
    }
    return metric;
  }

  private static FieldPath path(TablePlace place, String text) {
    try {
      return FieldPath.parse(text);
    } catch (IllegalArgumentException e) {
      throw place.wrong("\"" + text + "\": " + e.getMessage());
    }
  }

  private static @Nullable Double limit(TablePlace clamp, int index, String name) {
    if (clamp.node().isMissingNode()) {
      return null;
    }
    if (clamp.node().isArray() && clamp.node().size() != 2
        || !clamp.node().isArray() && !clamp.node().isObject()) {
      throw clamp.wrong("expected [lowest, highest], got " + clamp.node());
    }
    JsonNode value = clamp.node().isArray() ? clamp.node().get(index) : clamp.node().path(name);
    if (value.isNull() || value.isMissingNode()) {
      return null;
    }
    if (!value.isNumber()) {
      throw clamp.wrong("expected numbers, got " + value);
    }
    return value.asDouble();
  }

  private static Map<String, Object> states(TablePlace place) {
    Map<String, Object> states = new LinkedHashMap<>();
    if (!place.node().isMissingNode() && (!place.node().isObject() || place.node().isEmpty())) {
      throw place.wrong("expected states such as {0: off, 1: on}, got " + place.node());
    }
    place.node().fieldNames().forEachRemaining(key -> states.put(key, place.child(key).scalar()));
    return states;
  }
}
