package io.caravanhub.edge.work;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.work.Aggregate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a window came to; times in epoch microseconds.
 *
 * @param start its first microsecond
 * @param end the first after it
 * @param at what is sent is stamped with this
 * @param partial whether readings of it may be missing
 * @param label its length in a metric's name
 * @param sums by metric
 */
record Closed(long start, long end, long at, boolean partial, String label, List<Sum> sums) {
  private static final JsonFactory JSON = new JsonFactory();

  /** The statistics of one metric. */
  record Sum(
      String metric,
      @Nullable String unit,
      Quality quality,
      Set<Aggregate.Statistic> send,
      double[] values) {

    static Sum of(Series series) {
      Aggregate.Statistic[] all = Aggregate.Statistic.values();
      double[] values = new double[all.length];
      for (Aggregate.Statistic statistic : all) {
        values[statistic.ordinal()] = series.statistics().get(statistic);
      }
      Aggregate aggregate =
          Objects.requireNonNull(Objects.requireNonNull(series.rule()).aggregate());
      return new Sum(
          series.metric(), series.unit(), series.statistics().quality(), aggregate.send(), values);
    }
  }

  /** A window of an earlier run, as far as its rules are not in force any more. */
  static Closed of(Window.Kept kept, List<KeptSeries> series) {
    Set<Aggregate.Statistic> all = EnumSet.allOf(Aggregate.Statistic.class);
    Aggregate aggregate =
        new Aggregate(Duration.of(kept.length(), ChronoUnit.MICROS), all, Duration.ZERO);
    return new Closed(
        kept.start(),
        kept.start() + kept.length(),
        kept.lastAt() + 1,
        true,
        aggregate.label(),
        series.stream()
            .map(one -> new Sum(one.metric(), one.unit(), one.quality(), all, one.values()))
            .toList());
  }

  int readings() {
    return sums.stream().mapToInt(sum -> sum.send().size()).sum();
  }

  /** As a canonical message. */
  byte[] message(String device) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + 400 * sums.size());
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("device_id", device);
      json.writeStringField("timestamp", MessageTime.instant(at).toString());
      json.writeArrayFieldStart("measurements");
      for (Sum sum : sums) {
        for (Aggregate.Statistic statistic : sum.send()) {
          write(json, sum, statistic);
        }
      }
      json.writeEndArray();
      json.writeObjectFieldStart("metadata");
      json.writeObjectFieldStart("window");
      json.writeStringField("from", MessageTime.instant(start).toString());
      json.writeStringField("to", MessageTime.instant(end).toString());
      if (partial) {
        json.writeBooleanField("partial", true);
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void write(JsonGenerator json, Sum sum, Aggregate.Statistic statistic)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", statistic.metric(sum.metric(), label));
    double value = sum.values()[statistic.ordinal()];
    if (statistic == Aggregate.Statistic.COUNT) {
      json.writeNumberField("value", (long) value);
      json.writeStringField("unit", "1");
    } else {
      json.writeNumberField("value", value);
      String unit = unit(sum, statistic);
      if (unit != null) {
        json.writeStringField("unit", unit);
      }
    }
    if (sum.quality() != Quality.GOOD && statistic != Aggregate.Statistic.COUNT) {
      json.writeStringField("quality", sum.quality().label());
    }
    json.writeEndObject();
  }

  // A reading without a unit is in its metric's own, which the hub knows; of least and greatest it
  // does not.
  private static @Nullable String unit(Sum sum, Aggregate.Statistic statistic) {
    return sum.unit() != null || statistic == Aggregate.Statistic.MEAN
        ? sum.unit()
        : CanonicalMetrics.resolve(sum.metric()).map(CanonicalMetric::unit).orElse(null);
  }
}
