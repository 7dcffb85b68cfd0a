package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.PollSink;
import io.caravanhub.core.mapping.MappingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a test saw: devices, and what the mapping would make of them. Not thread-safe. */
final class TrialSink implements PollSink {
  private static final int MOST_DEVICES = 20;
  private static final int MOST_READINGS = 12;

  private final Connection connection;
  private final ConnectorMapping mappings;
  private final Set<String> devices = new TreeSet<>();
  private final Map<String, List<Map<String, Object>>> readings = new LinkedHashMap<>();
  private final Set<String> problems = new TreeSet<>();
  private final Runnable hold;
  private int messages;

  /**
   * @param hold keeps the lease, so that nobody renews a token beside a long test
   */
  TrialSink(Connection connection, ConnectorMapping mappings, Runnable hold) {
    this.hold = hold;
    this.connection = connection;
    this.mappings = mappings;
  }

  @Override
  public void take(Fetched fetched) {
    hold.run();
    for (Part part : fetched.parts()) {
      if (!part.device().isEmpty()) {
        devices.add(part.device());
      }
      if (fetched.request().mapping() != null) {
        messages++;
        read(connection.oem() + "/" + fetched.request().mapping(), part);
      }
    }
  }

  /** A message of a stream. */
  void heard(@Nullable String mapping, List<Part> parts) {
    messages++;
    for (Part part : parts) {
      if (!part.device().isEmpty()) {
        devices.add(part.device());
        if (mapping != null) {
          read(mapping.contains("/") ? mapping : connection.oem() + "/" + mapping, part);
        }
      }
    }
  }

  @Override
  public void progress(Map<String, String> state) {
    // A test moves no watermark.
  }

  private void read(String mapping, Part part) {
    if (readings.size() >= MOST_DEVICES && !readings.containsKey(part.device())) {
      return;
    }
    List<Map<String, Object>> read =
        readings.computeIfAbsent(part.device(), device -> new ArrayList<>());
    try {
      JsonNode made = mappings.apply(connection.tenant(), mapping, part);
      for (JsonNode one : made.isArray() ? made : List.of(made)) {
        for (JsonNode measurement : one.path("measurements")) {
          if (read.size() < MOST_READINGS) {
            Map<String, Object> reading = new LinkedHashMap<>();
            reading.put("metric", measurement.path("name").asText());
            reading.put("value", measurement.path("value").asText());
            reading.put("unit", measurement.path("unit").asText(""));
            read.add(reading);
          }
        }
      }
    } catch (MappingException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  Set<String> devices() {
    return devices;
  }

  int messages() {
    return messages;
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  /** {@code {device, readings: [{metric, value, unit}]}} of the first devices. */
  List<Map<String, Object>> readings() {
    List<Map<String, Object>> lines = new ArrayList<>();
    readings.forEach((device, read) -> lines.add(Map.of("device", device, "readings", read)));
    return lines;
  }
}
