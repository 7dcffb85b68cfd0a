package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.CloudRequest.PartsOf;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.Parts;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingTrial;
import io.caravanhub.testkit.golden.GoldenCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Payloads through the mappings of a connector, each with what came of it. */
public final class PayloadMap {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PUSHED =
      Pattern.compile("pushed\\(\\$\\{body}, '([^']*)', '([^']*)', '(?:[^/']+/)?([^']*)'\\)");

  private final ConnectorFolder connector;
  private final List<Source> sources = new ArrayList<>();

  /** Where parts are, and which mappings they go through. */
  private record Source(
      PartsOf parts,
      @Nullable String mapping,
      @Nullable String inventory,
      @Nullable String faults) {}

  /**
   * @param request of {@code cloud.yaml}; empty for whichever finds parts
   */
  public PayloadMap(ConnectorFolder connector, String request) throws IOException {
    this.connector = connector;
    if (connector.polls()) {
      for (CloudRequest one : CloudFile.read(connector.path().resolve(CloudFile.NAME)).requests()) {
        if (request.isEmpty() || one.name().equals(request)) {
          sources.add(new Source(one.parts(), one.mapping(), one.inventory(), one.faults()));
        }
      }
    } else {
      sources.add(pushed());
    }
  }

  private Source pushed() throws IOException {
    Path kamelet = connector.path().resolve(connector.name() + "-source.kamelet.yaml");
    Matcher declared =
        PUSHED.matcher(new ObjectMapper(new YAMLFactory()).readTree(kamelet.toFile()).toString());
    String faults = Files.exists(connector.path().resolve("faults.jsonata")) ? "faults" : null;
    if (!declared.find()) {
      return new Source(new PartsOf(List.of(""), "", false, ""), "telemetry", null, faults);
    }
    String items = declared.group(1).strip();
    return new Source(
        new PartsOf(
            items.isEmpty() ? List.of("") : List.of(items.split("\\s+")),
            declared.group(2),
            false,
            ""),
        declared.group(3).isEmpty() ? "telemetry" : declared.group(3),
        null,
        faults);
  }

  /** {@code {file, readings, devices, faults, leftover, error}}. */
  public Map<String, Object> read(Path payload) {
    Line line = new Line(payload.toString());
    try {
      JsonNode document = JSON.readTree(payload.toFile());
      boolean found = false;
      for (Source source : sources) {
        List<Part> parts = Parts.of(source.parts(), document, null, name -> null);
        for (Part part : parts) {
          found = true;
          map(source, part, line);
        }
      }
      if (!found) {
        // One device's part by itself.
        for (Source source : sources) {
          map(source, new Part("", document), line);
        }
      }
    } catch (IOException | RuntimeException e) {
      line.fail(e);
    }
    return line.json();
  }

  private void map(Source source, Part part, Line line) {
    if (!part.device().isEmpty()) {
      line.devices.add(part.device());
    }
    if (source.mapping() != null) {
      MappingTrial trial = run(source.mapping(), part, line);
      if (trial != null) {
        line.leftover.addAll(SampleChecks.numbers(part.json(), trial.unmatched()));
        line.readings(part.device(), JSON.valueToTree(trial.output()));
      }
    }
    if (source.inventory() != null) {
      MappingTrial trial = run(source.inventory(), part, line);
      String id = trial == null ? "" : JSON.valueToTree(trial.output()).path("id").asText("");
      if (!id.isEmpty()) {
        line.devices.add(id);
      }
    }
    if (source.faults() != null) {
      MappingTrial trial = run(source.faults(), part, line);
      if (trial != null) {
        JSON.valueToTree(trial.output()).path("faults").forEach(line.faults::add);
      }
    }
  }

  private @Nullable MappingTrial run(String name, Part part, Line line) {
    try {
      MappingTrial trial =
          MappingTrial.run(
              Mapping.compile(connector.source(name)),
              JSON.writeValueAsBytes(part.json()),
              null,
              Map.of("device", part.device(), "tenant", "default", "received", GoldenCase.RECEIVED),
              MappingBounds.DEFAULT);
      if (trial.failure() != null) {
        line.fail(trial.failure());
      }
      return trial;
    } catch (IOException | RuntimeException e) {
      line.fail(e);
      return null;
    }
  }

  /** What came of one file. */
  private static final class Line {
    private final String file;
    private final List<Map<String, Object>> readings = new ArrayList<>();
    private final TreeSet<String> devices = new TreeSet<>();
    private final List<JsonNode> faults = new ArrayList<>();
    private final TreeSet<String> leftover = new TreeSet<>();
    private @Nullable String error;

    Line(String file) {
      this.file = file;
    }

    void fail(Exception e) {
      error = error == null ? String.valueOf(e.getMessage()) : error;
    }

    void readings(String device, JsonNode made) {
      for (JsonNode message : made.isArray() ? made : List.of(made)) {
        for (JsonNode measured : message.path("measurements")) {
          Map<String, Object> reading = new LinkedHashMap<>();
          reading.put("device", device);
          reading.put("metric", measured.path("name").asText());
          reading.put("value", measured.path("value"));
          reading.put("unit", measured.hasNonNull("unit") ? measured.path("unit") : null);
          JsonNode own = measured.path("timestamp");
          reading.put("ts", own.isMissingNode() ? message.path("timestamp") : own);
          readings.add(reading);
        }
        for (Map.Entry<String, JsonNode> metric : message.path("metrics").properties()) {
          Map<String, Object> reading = new LinkedHashMap<>();
          reading.put("device", device);
          reading.put("metric", metric.getKey());
          reading.put("value", metric.getValue());
          reading.put("unit", null);
          reading.put("ts", message.path("timestamp"));
          readings.add(reading);
        }
      }
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", file);
      json.put("readings", readings);
      json.put("devices", devices);
      json.put("faults", faults);
      json.put("leftover", leftover);
      json.put("error", error);
      return json;
    }
  }
}
