package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.core.unit.Conversion;
import io.caravanhub.core.unit.Units;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * One reading of a payload as a measurement in the metric's canonical unit, its quality judged.
 * Thread-safe.
 */
@Component
public class MeasurementReader {
  private static final int NAME_MAX = 200;
  private static final int TEXT_MAX = 4_000;

  /** A new metric that begins with one of these is a number whose sensor failed, not a text. */
  private static final Set<String> NOT_A_NUMBER =
      Set.of("NaN", "nan", "Infinity", "-Infinity", "inf", "-inf");

  /** In the catalogue, levels of temperature are in Cel and differences (superheat) in K. */
  private static final String DIFFERENCE = "K";

  private final Metrics catalog;
  private final boolean keepsWrongUnits;

  @Autowired
  public MeasurementReader(Metrics catalog) {
    this(catalog, false);
  }

  private MeasurementReader(Metrics catalog, boolean keepsWrongUnits) {
    this.catalog = catalog;
    this.keepsWrongUnits = keepsWrongUnits;
  }

  /** A reader that calls a number in a wrong unit bad, where this one refuses the message. */
  MeasurementReader ofMapped() {
    return new MeasurementReader(catalog, true);
  }

  /** As this one, with these limits in place of those that the catalogue has for their metrics. */
  MeasurementReader with(Map<String, Limits> limits) {
    return new MeasurementReader(new LimitedMetrics(catalog, limits), keepsWrongUnits);
  }

  /** Reads {@code {value, unit?, quality?, reason?, timestamp?}}. */
  Measurement read(
      String tenant,
      String name,
      FieldName field,
      Map<?, ?> item,
      Instant ts,
      Timestamps timestamps) {
    Object time = item.get("timestamp");
    Instant own = time == null ? ts : timestamps.read(time, field.below("timestamp"), ts);
    Measurement measurement =
        read(
            tenant,
            name,
            field,
            "value",
            item.get("value"),
            unit(item.get("unit"), field),
            quality(item, field),
            own);
    return item.get("reason") instanceof String reason && measurement.quality() != Quality.GOOD
        ? new Measurement(
            name,
            own,
            measurement.value(),
            measurement.text(),
            measurement.unit(),
            measurement.quality(),
            reason)
        : measurement;
  }

  /**
   * Reads a value.
   *
   * @param valueField name of the value in the field, null when the field is the value
   */
  Measurement read(
      String tenant,
      String name,
      FieldName field,
      @Nullable String valueField,
      @Nullable Object value,
      @Nullable String unit,
      @Nullable Quality given,
      Instant ts) {
    if (name.isBlank() || name.length() > NAME_MAX || name.indexOf('\0') >= 0) {
      throw new UnusableMessageException(
          field.toString(),
          "expected a metric's name of 1 to " + NAME_MAX + " characters, none of them NUL");
    }
    boolean known = unit == null || Units.isKnown(unit);
    if (!known && !keepsWrongUnits) {
      throw new UnusableMessageException(
          field.below("unit"),
          "unknown unit " + Shape.of(unit) + "; expected a UCUM code such as Cel, kPa or A");
    }
    Metric metric =
        catalog.findOrAdd(
            tenant,
            name,
            value instanceof String text && unit == null && !NOT_A_NUMBER.contains(text),
            unit == null ? null : Units.canonical(unit));
    if (keepsWrongUnits
        && unit != null
        && !metric.textual()
        && value instanceof Number number
        && Double.isFinite(number.doubleValue())
        && !(known && convertible(unit, metric))) {
      return inWrongUnit(metric, ts, number.doubleValue(), unit, known);
    }
    Quality quality = given == null ? Quality.GOOD : given;
    if (value == null && quality == Quality.BAD) {
      return new Measurement(name, ts, Double.NaN, null, metric.unit(), Quality.BAD, "not read");
    }
    if (value instanceof Boolean bool && !metric.textual()) {
      return new Measurement(name, ts, bool ? 1 : 0, null, metric.unit(), quality, null);
    }
    if (metric.textual()) {
      if (!(value instanceof String text)) {
        throw new UnusableMessageException(
            named(field, valueField),
            "expected a text, as ever for this metric, got " + Shape.of(value));
      }
      if (text.indexOf('\0') >= 0) {
        throw new UnusableMessageException(
            named(field, valueField), "expected a text without NUL characters");
      }
      if (text.length() > TEXT_MAX) {
        throw new UnusableMessageException(
            named(field, valueField),
            "expected at most " + TEXT_MAX + " characters, got " + text.length());
      }
      return new Measurement(name, ts, Double.NaN, text, null, quality, null);
    }
    if (!(value instanceof Number number) || !Double.isFinite(number.doubleValue())) {
      throw new UnusableMessageException(
          named(field, valueField), "expected a number, got " + Shape.of(value));
    }
    double canonical = convert(number.doubleValue(), unit, metric, field);
    if (quality == Quality.GOOD && unit != null && metric.unit() == null && !unit.equals("1")) {
      return new Measurement(
          name, ts, canonical, null, null, metric.limits().unitQuality(), "unit");
    }
    if (!metric.allows(canonical) && quality == Quality.GOOD) {
      return new Measurement(
          name, ts, canonical, null, metric.unit(), metric.limits().rangeQuality(), "range");
    }
    return new Measurement(name, ts, canonical, null, metric.unit(), quality, null);
  }

  private static String named(FieldName field, @Nullable String below) {
    return below == null ? field.toString() : field.below(below);
  }

  private static boolean convertible(String unit, Metric metric) {
    return metric.unit() == null
        || unit.equals(metric.unit())
        || Units.conversion(unit, metric.unit()) instanceof Conversion.Affine;
  }

  // The number as it came: of what nobody knows the unit, nothing better can be said.
  private static Measurement inWrongUnit(
      Metric metric, Instant ts, double value, String unit, boolean known) {
    String why =
        known
            ? "\"" + unit + "\" cannot be converted to \"" + metric.unit() + "\""
            : "unknown unit " + Shape.of(unit);
    return new Measurement(
        metric.key(), ts, value, null, null, Quality.BAD, QualityReason.UNIT.with(why));
  }

  private static double convert(
      double value, @Nullable String unit, Metric metric, FieldName field) {
    String canonical = metric.unit();
    if (unit == null || canonical == null || unit.equals(canonical)) {
      return value;
    }
    if (Units.conversion(unit, canonical) instanceof Conversion.Affine affine) {
      return canonical.equals(DIFFERENCE) ? affine.applyDifference(value) : affine.apply(value);
    }
    throw new UnusableMessageException(
        field.below("unit"),
        "\""
            + unit
            + "\" cannot be converted to \""
            + canonical
            + "\", the unit of "
            + metric.key());
  }

  private static @Nullable String unit(@Nullable Object unit, FieldName field) {
    if (unit == null || "".equals(unit)) {
      return null;
    }
    if (unit instanceof String text) {
      return text;
    }
    throw new UnusableMessageException(
        field.below("unit"), "expected a UCUM code, got " + Shape.of(unit));
  }

  private static @Nullable Quality quality(Map<?, ?> item, FieldName field) {
    Object given = item.get("quality");
    if (given == null) {
      return null;
    }
    Quality quality = given instanceof String text ? Quality.ofLabel(text) : null;
    if (quality == null) {
      throw new UnusableMessageException(
          field.below("quality"), "expected good, suspect or bad, got " + Shape.of(given));
    }
    return quality;
  }
}
