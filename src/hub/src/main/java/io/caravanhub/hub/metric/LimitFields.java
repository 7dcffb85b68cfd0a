package io.caravanhub.hub.metric;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.telemetry.Limits;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Limits out of the fields of a request, with errors that name the field. */
public final class LimitFields {
  static final List<String> NAMES =
      List.of(
          "min",
          "max",
          "range_quality",
          "max_rate_per_minute",
          "rate_quality",
          "stuck_after",
          "stuck_count",
          "stuck_quality",
          "future",
          "future_quality",
          "past",
          "past_quality",
          "unit_quality");

  private final Fields fields;

  private LimitFields(Fields fields) {
    this.fields = fields;
  }

  /** These limits and no others. */
  public static Limits read(Fields fields) {
    fields.only(NAMES);
    return change(Limits.range(null, null), fields);
  }

  /** The limits before, with those that the request names in their place; null takes one away. */
  static Limits change(Limits before, Fields fields) {
    LimitFields given = new LimitFields(fields);
    Limits after =
        new Limits(
            given.or("min", before.min(), fields::optionalNumber),
            given.or("max", before.max(), fields::optionalNumber),
            given.quality("range_quality", before.rangeQuality()),
            given.or("max_rate_per_minute", before.ratePerMinute(), given::positive),
            given.quality("rate_quality", before.rateQuality()),
            given.or("stuck_after", before.stuckAfter(), given::span),
            given.or(
                "stuck_count", before.stuckCount(), f -> fields.optionalCount(f, 2, 1_000_000)),
            given.quality("stuck_quality", before.stuckQuality()),
            given.or("future", before.future(), fields::optionalDuration),
            given.quality("future_quality", before.futureQuality()),
            given.or("past", before.past(), fields::optionalDuration),
            given.quality("past_quality", before.pastQuality()),
            given.quality("unit_quality", before.unitQuality()));
    if (after.min() != null && after.max() != null && after.min() > after.max()) {
      throw ProblemException.badField(
          "min", "lies above max: " + after.min() + " > " + after.max());
    }
    return after;
  }

  private <T> @Nullable T or(
      String field, @Nullable T before, Function<String, @Nullable T> reader) {
    return fields.has(field) ? reader.apply(field) : before;
  }

  private @Nullable Double positive(String field) {
    Double value = fields.optionalNumber(field);
    if (value != null && value <= 0) {
      throw ProblemException.badField(field, "expected a number above 0");
    }
    return value;
  }

  private @Nullable Duration span(String field) {
    Duration value = fields.optionalDuration(field);
    if (value != null && value.isZero()) {
      throw ProblemException.badField(field, "expected a duration above 0");
    }
    return value;
  }

  private Quality quality(String field, Quality before) {
    String text = fields.optionalText(field);
    if (text == null) {
      return fields.has(field) ? Quality.SUSPECT : before;
    }
    return switch (text) {
      case "suspect" -> Quality.SUSPECT;
      case "bad" -> Quality.BAD;
      default -> throw ProblemException.badField(field, "expected suspect or bad");
    };
  }
}
