package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the mappings of one kind of answer made of a document. Belongs to one thread. */
final class Understood implements Comparable<Understood> {
  static final Understood NOTHING = new Understood();

  /** How a mapping says that a payload is none of its own. */
  static final String NOTHING_IN_IT = ": yields no";

  private final List<JsonNode> items = new ArrayList<>();
  private final List<Map<String, @Nullable Object>> readings = new ArrayList<>();
  private final Set<String> devices = new TreeSet<>();
  private final List<JsonNode> faults = new ArrayList<>();
  private final Set<String> left = new TreeSet<>();
  private int named;
  private boolean recognised;
  private @Nullable String failure;

  /** A part begins. */
  void take(JsonNode item) {
    items.add(item);
  }

  /** An inventory has told so many things of a device. */
  void name(String device, int told) {
    devices.add(device);
    named += told;
  }

  /** The answer is one that other requests are made by, and tells nothing else. */
  void recognise() {
    recognised = true;
  }

  void leave(Set<String> numbers) {
    left.addAll(numbers);
  }

  void fault(String device, JsonNode fault) {
    ObjectNode told = fault.deepCopy();
    if (!device.isEmpty()) {
      told.put("device", device);
    }
    faults.add(told);
  }

  void fail(String device, Exception e) {
    failure =
        failure == null
            ? (device.isEmpty() || items.size() < 2 ? "" : device + ": ") + e.getMessage()
            : failure;
  }

  void measure(String device, JsonNode made) {
    for (JsonNode message : made.isArray() ? made : List.of(made)) {
      String whose = device.isEmpty() ? message.path("device_id").asText("") : device;
      int before = readings.size();
      // Of a list of named values only the mapping knows which it passed over.
      message.path("leftover").forEach(name -> left.add(name.asText()));
      for (String list : List.of("measurements", "readings")) {
        for (JsonNode measured : message.path(list)) {
          JsonNode own = measured.path("timestamp");
          add(
              whose,
              measured.path(measured.has("name") ? "name" : "variable").asText(),
              measured.path("value"),
              measured.path("unit").asText(""),
              own.isMissingNode() ? message.path("timestamp") : own);
        }
      }
      for (Map.Entry<String, JsonNode> metric : message.path("metrics").properties()) {
        add(whose, metric.getKey(), metric.getValue(), "", message.path("timestamp"));
      }
      if (readings.size() > before && !whose.isEmpty()) {
        devices.add(whose);
      }
    }
  }

  /** A value without a unit is in the metric's own. */
  private void add(String device, String metric, JsonNode value, String unit, JsonNode at) {
    String own = CanonicalMetrics.resolve(metric).map(CanonicalMetric::unit).orElse(null);
    Map<String, @Nullable Object> reading = new LinkedHashMap<>();
    reading.put("device", device);
    reading.put("metric", metric);
    reading.put("value", value);
    reading.put("unit", !unit.isEmpty() ? unit : own == null || own.isEmpty() ? null : own);
    reading.put(
        "ts",
        at.isNumber()
            ? Instant.ofEpochMilli(at.asLong()).toString()
            : at.isTextual() ? at.asText() : null);
    readings.add(reading);
  }

  int readings() {
    return readings.size();
  }

  boolean understood() {
    return readings.size() + named + faults.size() > 0 || recognised;
  }

  List<JsonNode> items() {
    return items;
  }

  @Nullable String failure() {
    return failure;
  }

  void into(PayloadLine line) {
    line.add(readings, devices, faults, left);
    if (failure != null) {
      line.fail(failure);
    }
  }

  /** By readings, then devices, then faults; what failed is more than what found nothing. */
  @Override
  public int compareTo(Understood other) {
    return Comparator.comparingInt(Understood::readings)
        .thenComparingInt(u -> u.named)
        .thenComparingInt(u -> u.faults.size())
        .thenComparing(u -> u.recognised)
        .thenComparingInt(u -> u.failure == null ? 0 : u.failure.contains(NOTHING_IN_IT) ? 1 : 2)
        .compare(this, other);
  }
}
