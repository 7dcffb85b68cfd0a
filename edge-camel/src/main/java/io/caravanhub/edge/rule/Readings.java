package io.caravanhub.edge.rule;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.unit.Conversion;
import io.caravanhub.core.unit.Units;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads canonical messages as the hub does: values in the catalogue's units, what lies outside its
 * range suspect. Thread-safe.
 */
final class Readings {
  private static final JsonFactory JSON = new JsonFactory();

  /** In the catalogue, levels of temperature are in Cel and differences (superheat) in K. */
  private static final String DIFFERENCE = "K";

  private record Unit(String metric, @Nullable String unit) {}

  /**
   * How a metric's numbers are taken from one unit.
   *
   * @param unit of the catalogue, or the one given when it has none
   * @param conversion null when there is nothing to convert
   */
  private record Taken(
      @Nullable String unit,
      Conversion.@Nullable Affine conversion,
      boolean wrong,
      double min,
      double max) {}

  private static final int UNITS_MAX = 10_000;

  private final Map<Unit, Taken> units = new ConcurrentHashMap<>();

  /** The measurements of a message; null when it is not canonical. */
  @Nullable List<Measurement> read(byte[] body) {
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      Instant at = null;
      List<Measurement> read = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("timestamp")) {
          at = time(json, value);
        } else if (name.equals("measurements") && value == JsonToken.START_ARRAY) {
          read = measurements(json, at == null ? Instant.EPOCH : at);
        } else {
          json.skipChildren();
        }
      }
      return at == null || read == null ? null : timed(read, at);
    } catch (IOException | DateTimeException e) {
      return null;
    }
  }

  /** The time may come after the measurements. */
  private static List<Measurement> timed(List<Measurement> read, Instant at) {
    read.replaceAll(
        one ->
            one.ts().equals(Instant.EPOCH)
                ? new Measurement(
                    one.metric(),
                    at,
                    one.value(),
                    one.text(),
                    one.unit(),
                    one.quality(),
                    one.reason())
                : one);
    return read;
  }

  private static Instant time(JsonParser json, JsonToken token) throws IOException {
    if (token.isNumeric()) {
      double number = json.getDoubleValue();
      return Instant.ofEpochMilli(
          Math.abs(number) < 1e11 ? Math.round(number * 1000) : json.getLongValue());
    }
    return OffsetDateTime.parse(json.getText()).toInstant();
  }

  private List<Measurement> measurements(JsonParser json, Instant at) throws IOException {
    List<Measurement> read = new ArrayList<>();
    while (json.nextToken() == JsonToken.START_OBJECT) {
      Measurement one = measurement(json, at);
      if (one != null) {
        read.add(one);
      }
    }
    return read;
  }

  private @Nullable Measurement measurement(JsonParser json, Instant at) throws IOException {
    String metric = null;
    String unit = null;
    String text = null;
    double number = Double.NaN;
    Quality quality = Quality.GOOD;
    Instant own = at;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      switch (name) {
        case "name" -> metric = json.getValueAsString();
        case "unit" -> unit = value == JsonToken.VALUE_STRING ? json.getText() : null;
        case "timestamp" -> own = time(json, value);
        case "quality" -> quality = quality(json.getValueAsString());
        case "value" -> {
          number =
              value.isNumeric()
                  ? json.getDoubleValue()
                  : value.isBoolean() ? value == JsonToken.VALUE_TRUE ? 1 : 0 : Double.NaN;
          text = value == JsonToken.VALUE_STRING ? json.getText() : null;
        }
        default -> json.skipChildren();
      }
    }
    return metric == null ? null : measurement(metric, own, number, text, unit, quality);
  }

  private Measurement measurement(
      String metric,
      Instant at,
      double number,
      @Nullable String text,
      @Nullable String unit,
      Quality quality) {
    if (text != null) {
      return new Measurement(metric, at, Double.NaN, text, null, quality, null);
    }
    if (units.size() > UNITS_MAX) {
      units.clear();
    }
    Taken taken = units.computeIfAbsent(new Unit(metric, unit), Readings::taken);
    double value =
        taken.conversion == null
            ? number
            : DIFFERENCE.equals(taken.unit)
                ? taken.conversion.applyDifference(number)
                : taken.conversion.apply(number);
    boolean plausible = value >= taken.min && value <= taken.max && !taken.wrong;
    Quality judged =
        !Double.isFinite(value)
            ? Quality.BAD
            : plausible || quality != Quality.GOOD ? quality : Quality.SUSPECT;
    return new Measurement(metric, at, value, null, taken.unit, judged, null);
  }

  private static Taken taken(Unit of) {
    Optional<CanonicalMetric> known = CanonicalMetrics.resolve(of.metric());
    String unit = of.unit();
    String own = known.map(CanonicalMetric::unit).orElse(null);
    Double lowest = known.map(CanonicalMetric::min).orElse(null);
    Double highest = known.map(CanonicalMetric::max).orElse(null);
    double min = lowest == null ? Double.NEGATIVE_INFINITY : lowest;
    double max = highest == null ? Double.POSITIVE_INFINITY : highest;
    if (known.isEmpty()) {
      String canonical = unit == null ? null : Units.canonical(unit);
      return new Taken(canonical, null, false, min, max);
    }
    if (unit == null || unit.equals(own)) {
      return new Taken(own, null, false, min, max);
    }
    Conversion conversion = own == null ? null : Units.conversion(unit, own);
    Conversion.Affine affine = conversion instanceof Conversion.Affine there ? there : null;
    return new Taken(own, affine, affine == null && !unit.equals("1"), min, max);
  }

  private static Quality quality(@Nullable String label) {
    for (Quality known : Quality.values()) {
      if (known.label().equalsIgnoreCase(label)) {
        return known;
      }
    }
    return Quality.GOOD;
  }
}
