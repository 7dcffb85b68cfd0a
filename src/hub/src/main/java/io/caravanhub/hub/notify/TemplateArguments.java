package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.ibm.icu.text.NumberFormat;
import com.ibm.icu.util.ULocale;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What templates may name. {@code has_location} and the like are yes or no, for {@code select}; a
 * number that nobody knows is written as a dash. Stateless.
 */
final class TemplateArguments {
  private static final String HAS = "has_";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> UNITS =
      Map.of(
          "Cel", "°C", "[degF]", "°F", "%", "%", "1", "", "m3/h", "m³/h", "mm/s", "mm/s", "Ohm",
          "Ω", "m2", "m²", "m3", "m³", "ug/m3", "µg/m³");

  /** Kinds of arguments. */
  enum Type {
    TEXT,
    NUMBER,
    MOMENT
  }

  /** The arguments there are, in the order in which they are told. */
  static final Map<String, Type> TYPES = types();

  private TemplateArguments() {}

  private static Map<String, Type> types() {
    Map<String, Type> types = new LinkedHashMap<>();
    for (String text :
        "message severity type status family rule asset asset_id location customer device model metric unit reading limit action link brand recipient channel address items"
            .split(" ")) {
      types.put(text, Type.TEXT);
    }
    for (String number : "value threshold confidence count more escalated".split(" ")) {
      types.put(number, Type.NUMBER);
    }
    types.put("opened_at", Type.MOMENT);
    types.put("cleared_at", Type.MOMENT);
    return Collections.unmodifiableMap(types);
  }

  /**
   * The arguments out of the facts of a message.
   *
   * @param more what the facts do not hold, by name; wins over them
   * @param escape for texts, all of which may come from a device
   */
  static Map<String, Object> of(
      JsonNode facts,
      Map<String, ?> more,
      ULocale locale,
      ZoneId zone,
      UnaryOperator<String> escape) {
    JsonNode event = facts.path("event");
    Map<String, Object> all = new HashMap<>();
    for (String name : "message severity type status family rule metric".split(" ")) {
      all.put(name, event.path(name).asText(""));
    }
    all.put("asset", facts.at("/asset/name").asText(""));
    all.put("asset_id", facts.at("/asset/id").asText(""));
    all.put("location", facts.at("/asset/location").asText(""));
    all.put("customer", facts.at("/asset/customer").asText(""));
    all.put("device", facts.at("/device/serial").asText(""));
    all.put("model", facts.at("/device/model").asText(""));
    all.put("action", event.path("action").asText(""));
    all.put("link", facts.path("link").asText(""));
    String unit = event.path("unit").asText("");
    all.put("unit", UNITS.getOrDefault(unit, unit));
    all.put("value", event.path("value").asDouble(Double.NaN));
    all.put("threshold", event.path("threshold").asDouble(Double.NaN));
    all.put("confidence", event.path("confidence").asDouble(Double.NaN));
    all.put("reading", quantity(event.path("value"), String.valueOf(all.get("unit")), locale));
    all.put("limit", quantity(event.path("threshold"), String.valueOf(all.get("unit")), locale));
    all.put("opened_at", moment(event.path("opened_at"), zone, locale));
    all.put("cleared_at", moment(event.path("cleared_at"), zone, locale));
    all.putAll(more);
    TYPES.forEach(
        (name, type) -> {
          Object value = all.get(name);
          if (type == Type.TEXT) {
            String text = value == null ? "" : String.valueOf(value);
            all.put(name, escape.apply(text));
            all.put(HAS + name, text.isEmpty() ? "no" : "yes");
          } else if (value == null) {
            all.put(name, 0);
          }
        });
    return all;
  }

  /** The type of an argument, or null when there is none of this name. */
  static @Nullable Type type(String name) {
    return name.startsWith(HAS) && TYPES.get(name.substring(HAS.length())) == Type.TEXT
        ? Type.TEXT
        : TYPES.get(name);
  }

  private static LocalMoment moment(JsonNode text, ZoneId zone, ULocale locale) {
    Instant at;
    try {
      at = java.time.OffsetDateTime.parse(text.asText("")).toInstant();
    } catch (DateTimeParseException e) {
      at = Instant.now();
    }
    return new LocalMoment(at, zone, locale);
  }

  /** A number as the reader writes it, with a no-break space before its unit. */
  private static String quantity(JsonNode value, String unit, ULocale locale) {
    if (!value.isNumber()) {
      return "";
    }
    NumberFormat format = NumberFormat.getInstance(locale);
    format.setMaximumFractionDigits(Math.abs(value.asDouble()) >= 1000 ? 0 : 2);
    return format.format(value.asDouble()) + (unit.isEmpty() ? "" : "\u00a0" + unit);
  }

  /** An event such as templates are tried on. */
  static JsonNode sampleFacts() {
    try {
      return JSON.readTree(
          """
          {"event": {"id": "00000000-0000-0000-0000-000000000000", "type": "critical_fault", "severity": "critical", "status": "open",
            "family": "bearing", "rule": "bearing-hot", "message": "Bearing temperature above its limit", "metric": "temperature",
            "value": 91.5, "unit": "Cel", "threshold": 80, "confidence": 0.93, "opened_at": "2026-01-31T02:15:00Z",
            "action": "Look at the lubrication"},
           "device": {"serial": "S-1", "model": "M"}, "asset": {"id": "P-7", "name": "Pump 7", "location": "Hall 2", "customer": "Acme"},
           "link": "https://hub.example/events/1"}\
          """);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Map<String, Object> sample(ULocale locale) {
    Map<String, Object> more = Map.of("count", 3, "more", 1, "escalated", 0, "items", "…");
    return of(sampleFacts(), more, locale, ZoneId.of("UTC"), UnaryOperator.identity());
  }
}
