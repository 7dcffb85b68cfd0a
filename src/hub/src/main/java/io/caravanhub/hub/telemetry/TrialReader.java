package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads what a mapping yielded as the pipeline would, and leaves no trace: no metric is entered, no
 * reading remembered or counted. Where the pipeline stops at the first mistake, this goes on and
 * names them all. Thread-safe.
 */
@Component
public class TrialReader {
  private static final String DEVICE = "trial";
  private static final int SERIES_MAX = 10_000;
  private static final List<String> LISTS = List.of("measurements", "readings");

  private final @Nullable MetricCatalog catalog;
  private final Timestamps timestamps;

  @Autowired
  public TrialReader(MetricCatalog catalog, Timestamps timestamps) {
    this.catalog = catalog;
    this.timestamps = timestamps;
  }

  private TrialReader(Timestamps timestamps) {
    this.catalog = null;
    this.timestamps = timestamps;
  }

  /** A reader by the canonical metrics alone, for a command that has no database. */
  public static TrialReader offline() {
    return new TrialReader(new Timestamps(Duration.ofMinutes(5), Duration.ofDays(36_500)));
  }

  /** One thing that the pipeline would refuse. */
  public record Refusal(String field, String reason) {}

  /**
   * What was read.
   *
   * @param measurements what can be used; stored only when nothing is refused
   * @param refusals what cannot; one of them makes a dead letter of the whole message
   */
  public record Read(List<Measurement> measurements, List<Refusal> refusals) {}

  /** Reads a mapping's result. */
  public Read read(Object result, String tenant, Instant received) {
    return read(result, tenant, received, Map.of());
  }

  /**
   * As above.
   *
   * @param limits that count in place of the tenant's, by the metric's key
   */
  public Read read(Object result, String tenant, Instant received, Map<String, Limits> limits) {
    Metrics metrics = new TrialMetrics(catalog);
    CanonicalReader reader =
        new CanonicalReader(
                new MeasurementReader(metrics),
                timestamps,
                new QualityJudge(metrics, new SimpleMeterRegistry(), SERIES_MAX))
            .ofMapped()
            .with(limits);
    try {
      return new Read(
          reader.read(result, tenant, DEVICE, DEVICE, received).measurements(), List.of());
    } catch (UnusableMessageException first) {
      Set<Refusal> refusals = new LinkedHashSet<>();
      List<Measurement> measurements = new ArrayList<>();
      for (Part part : parts(result)) {
        try {
          measurements.addAll(
              reader.read(part.message(), tenant, DEVICE, DEVICE, received).measurements());
        } catch (UnusableMessageException e) {
          refusals.add(new Refusal(part.name(e.field()), e.reason()));
        }
      }
      if (refusals.isEmpty()) {
        refusals.add(new Refusal(first.field(), first.reason()));
      }
      return new Read(measurements, List.copyOf(refusals));
    }
  }

  /** A message of one measurement, and what its place is called in the whole. */
  private record Part(Object message, String at, String placed, String whole) {
    String name(String field) {
      return at
          + (!placed.isEmpty() && field.startsWith(placed)
              ? whole + field.substring(placed.length())
              : field);
    }
  }

  private static List<Part> parts(Object result) {
    List<Part> parts = new ArrayList<>();
    if (result instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        addParts(list.get(i), "[" + i + "].", parts);
      }
    } else {
      addParts(result, "", parts);
    }
    return parts;
  }

  private static void addParts(@Nullable Object message, String at, List<Part> parts) {
    if (message instanceof Map<?, ?> map) {
      if (map.get("metrics") instanceof Map<?, ?> metrics && !metrics.isEmpty()) {
        metrics.forEach(
            (name, value) -> {
              Map<Object, @Nullable Object> one = new LinkedHashMap<>();
              one.put(name, value);
              parts.add(new Part(with(map, "metrics", one), at, "", ""));
            });
        return;
      }
      for (String name : LISTS) {
        if (map.get(name) instanceof List<?> items && !items.isEmpty()) {
          for (int i = 0; i < items.size(); i++) {
            List<@Nullable Object> one = new ArrayList<>();
            one.add(items.get(i));
            parts.add(new Part(with(map, name, one), at, name + "[0]", name + "[" + i + "]"));
          }
          return;
        }
      }
    }
    parts.add(new Part(message == null ? "nothing" : message, at, "", ""));
  }

  private static Map<Object, @Nullable Object> with(Map<?, ?> message, String name, Object value) {
    Map<Object, @Nullable Object> copy = new LinkedHashMap<>(message);
    copy.put(name, value);
    return copy;
  }
}
