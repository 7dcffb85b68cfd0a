package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingTrial;
import io.caravanhub.testkit.golden.GoldenCase;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes parts through a connector's mappings, each compiled once. Belongs to one thread. */
final class PartMapper {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As in the hub, but for the time: whoever starts a command waits for a cold machine. */
  private static final MappingBounds BOUNDS =
      new MappingBounds(
          Duration.ofSeconds(20),
          MappingBounds.DEFAULT.depth(),
          MappingBounds.DEFAULT.inputBytes(),
          MappingBounds.DEFAULT.values());

  private final ConnectorFolder connector;
  private final FaultTexts texts;
  private final Map<String, Mapping> compiled = new HashMap<>();

  PartMapper(ConnectorFolder connector) {
    this.connector = connector;
    this.texts = FaultTexts.of(connector);
  }

  /** What the mappings of a kind of answer make of its parts. */
  Understood map(PayloadSource source, List<Part> parts) {
    Understood understood = new Understood();
    if (source.leads() && !parts.isEmpty()) {
      understood.recognise();
    }
    for (Part part : parts) {
      map(source, part, understood);
    }
    return understood;
  }

  private void map(PayloadSource source, Part part, Understood understood) {
    understood.take(source.where().wrap() ? part.json().path("item") : part.json());
    understood.take(source.where().wrap() ? part.json().path("head") : part.json());
    Set<String> left = null;
    String device = part.device();
    if (source.inventory() != null) {
      MappingTrial trial = run(source.inventory(), part, understood, false);
      left = both(left, part, trial);
      JsonNode described = trial == null ? MissingNode.getInstance() : made(trial);
      device = device.isEmpty() ? described.path("id").asText("") : device;
      // A maker and a type are said of whatever comes; a name, a model or an id is the device's.
      int told = 0;
      for (String field : List.of("id", "name", "model", "firmware")) {
        told += described.path(field).asText("").isBlank() ? 0 : 1;
      }
      if (!device.isEmpty() && told > 0) {
        understood.name(device, told);
      }
    }
    if (source.mapping() != null) {
      MappingTrial trial = run(source.mapping(), part, understood, true);
      left = both(left, part, trial);
      if (trial != null) {
        understood.measure(device, made(trial));
      }
    }
    if (source.faults() != null) {
      MappingTrial trial = run(source.faults(), part, understood, false);
      left = both(left, part, trial);
      if (trial != null) {
        for (JsonNode fault : made(trial).path("faults")) {
          understood.fault(device, texts.explain(fault));
        }
      }
    }
    understood.leave(left == null ? Set.of() : left);
  }

  private static JsonNode made(MappingTrial trial) {
    return JSON.valueToTree(trial.output());
  }

  /** Numbers that neither those before nor this one looked at. */
  private static @Nullable Set<String> both(
      @Nullable Set<String> left, Part part, @Nullable MappingTrial trial) {
    if (trial == null) {
      return left;
    }
    Set<String> now = new HashSet<>(SampleChecks.numbers(part.json(), trial.unmatched()));
    if (left != null) {
      now.retainAll(left);
    }
    return now;
  }

  private @Nullable MappingTrial run(
      String name, Part part, Understood understood, boolean telemetry) {
    try {
      Mapping mapping = compiled.get(name);
      if (mapping == null) {
        mapping = Mapping.compile(connector.source(name));
        compiled.put(name, mapping);
      }
      MappingTrial trial =
          MappingTrial.run(
              mapping,
              JSON.writeValueAsBytes(part.json()),
              null,
              Map.of("device", part.device(), "tenant", "default", "received", GoldenCase.RECEIVED),
              BOUNDS);
      if (trial.failure() != null && telemetry) {
        understood.fail(part.device(), trial.failure());
      }
      return trial;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException | RuntimeException e) {
      understood.fail(part.device(), e);
      return null;
    }
  }
}
