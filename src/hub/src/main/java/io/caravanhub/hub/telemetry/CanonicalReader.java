package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Reads the three canonical shapes, told apart by their fields: {@code
 * measurements:[{name,value,unit,quality}]}, {@code metrics:{…}} and {@code
 * readings:[{variable,value,unit}]}. Thread-safe.
 */
@Component
public class CanonicalReader {
  private static final int MEASUREMENTS_MAX = 5_000;

  private final MeasurementReader measurements;
  private final Timestamps timestamps;
  private final QualityJudge judge;
  private final Map<String, Limits> limits;

  @Autowired
  public CanonicalReader(
      MeasurementReader measurements, Timestamps timestamps, QualityJudge judge) {
    this(measurements, timestamps, judge, Map.of());
  }

  private CanonicalReader(
      MeasurementReader measurements,
      Timestamps timestamps,
      QualityJudge judge,
      Map<String, Limits> limits) {
    this.measurements = measurements;
    this.timestamps = timestamps;
    this.judge = judge;
    this.limits = limits;
  }

  /**
   * The reader of what a mapping made of a device's own payload. There nobody is told of a unit
   * that cannot be converted, so the reading is kept and called bad.
   */
  public CanonicalReader ofMapped() {
    return new CanonicalReader(measurements.ofMapped(), timestamps, judge, limits);
  }

  /**
   * The reader that judges some metrics by other limits than the tenant's, as a type of devices
   * has.
   *
   * @param limits by the metric's key
   */
  public CanonicalReader with(Map<String, Limits> limits) {
    return limits.isEmpty()
        ? this
        : new CanonicalReader(measurements.with(limits), timestamps, judge, limits);
  }

  /**
   * Reads one object, or an array of objects, of one device.
   *
   * @param body parsed JSON
   * @param device the hub's id of the device
   * @param received what counts as the time of an object without a timestamp; each further one of
   *     an array is a microsecond later
   * @throws UnusableMessageException naming the field at fault
   */
  public Telemetry read(
      Object body, String tenant, String device, String source, Instant received) {
    List<Measurement> all = new ArrayList<>();
    if (body instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        readOne(list.get(i), "[" + i + "].", tenant, received.plusNanos(1_000L * i), all);
      }
    } else {
      readOne(body, "", tenant, received, all);
    }
    if (all.isEmpty()) {
      throw new UnusableMessageException(
          "measurements", "expected at least one measurement, got none");
    }
    judge.judge(tenant, device, received, all, limits);
    return new Telemetry(tenant, device, source, all);
  }

  private void readOne(
      @Nullable Object body, String at, String tenant, Instant received, List<Measurement> into) {
    if (!(body instanceof Map<?, ?> message)) {
      throw new UnusableMessageException(
          at.isEmpty() ? "body" : at.substring(0, at.length() - 1),
          "expected an object, got " + Shape.of(body));
    }
    Instant ts = timestamps.read(message.get("timestamp"), at + "timestamp", received);
    Object metrics = message.get("metrics");
    if (metrics instanceof Map<?, ?> map) {
      String within = at + "metrics";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String name = String.valueOf(entry.getKey());
        FieldName field = FieldName.of(within, name);
        if (entry.getValue() instanceof Map<?, ?> detailed) {
          into.add(measurements.read(tenant, name, field, detailed, ts, timestamps));
        } else {
          into.add(measurements.read(tenant, name, field, null, entry.getValue(), null, null, ts));
        }
      }
    } else if (metrics != null) {
      throw new UnusableMessageException(
          at + "metrics", "expected an object of name: value, got " + Shape.of(metrics));
    } else if (message.containsKey("measurements")) {
      readList(message.get("measurements"), at + "measurements", "name", tenant, ts, into);
    } else if (message.containsKey("readings")) {
      readList(message.get("readings"), at + "readings", "variable", tenant, ts, into);
    } else {
      throw new UnusableMessageException(
          at + "measurements", "absent: expected one of measurements, metrics or readings");
    }
  }

  private void readList(
      @Nullable Object list,
      String at,
      String nameField,
      String tenant,
      Instant ts,
      List<Measurement> into) {
    if (!(list instanceof List<?> items)) {
      throw new UnusableMessageException(at, "expected an array, got " + Shape.of(list));
    }
    if (items.size() > MEASUREMENTS_MAX) {
      throw new UnusableMessageException(
          at, "expected at most " + MEASUREMENTS_MAX + " items, got " + items.size());
    }
    for (int i = 0; i < items.size(); i++) {
      FieldName field = FieldName.at(at, i);
      if (!(items.get(i) instanceof Map<?, ?> item)) {
        throw new UnusableMessageException(
            field.toString(), "expected an object, got " + Shape.of(items.get(i)));
      }
      if (!(item.get(nameField) instanceof String name)) {
        throw new UnusableMessageException(
            field.below(nameField),
            "expected a metric's name, got " + Shape.of(item.get(nameField)));
      }
      into.add(measurements.read(tenant, name, field, item, ts, timestamps));
    }
  }
}
