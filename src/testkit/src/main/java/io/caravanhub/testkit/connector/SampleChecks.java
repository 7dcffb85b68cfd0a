package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingTrial;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How much of what the cloud sends is shown by samples, and understood. */
final class SampleChecks {
  private static final int MANY = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SampleChecks() {}

  static List<Finding> findings(ConnectorFolder connector) throws IOException {
    List<GoldenCase> cases = GoldenFiles.ofConnector(connector.path());
    List<String> few = new ArrayList<>();
    if (cases.size() < MANY) {
      few.add("samples/in: expected at least " + MANY + " cases, got " + cases.size());
    }
    List<String> faults = new ArrayList<>();
    if (connector.mappings().stream()
            .noneMatch(m -> m.getFileName().toString().startsWith("faults"))
        && cases.stream().noneMatch(SampleChecks::tellsFaults)) {
      faults.add("neither faults.jsonata nor a sample whose telemetry has a fault_code");
    }
    for (GoldenCase golden : cases) {
      if (tellsFaultWithoutCode(golden)) {
        faults.add(golden.name() + ": a fault without a code, which the hub passes over");
      }
    }
    Set<String> left = leftOver(connector, cases);
    left.removeAll(known(connector));
    List<String> numbers = new ArrayList<>();
    left.stream().limit(20).forEach(f -> numbers.add("number left over: " + f));
    return List.of(
        MetricCheck.of(cases),
        new Finding(Grade.GOLD, "variety", cases.size() + " samples", few),
        new Finding(Grade.PLATINUM, "faults", "told", faults),
        new Finding(Grade.PLATINUM, "numbers", "all are mapped or known", numbers));
  }

  private static boolean tellsFaultWithoutCode(GoldenCase golden) throws IOException {
    if (!Files.exists(golden.expected())) {
      return false;
    }
    JsonNode named = JSON.readTree(golden.expected().toFile()).path("faults");
    for (JsonNode fault : named.isObject() ? List.of(named) : named) {
      if (fault.path("code").asText("").isBlank()) {
        return true;
      }
    }
    return false;
  }

  private static boolean tellsFaults(GoldenCase golden) {
    try {
      return Files.exists(golden.expected())
          && Files.readString(golden.expected()).contains("\"fault_code\"");
    } catch (IOException e) {
      return false;
    }
  }

  /** Fields that are left out on purpose, one a line; what follows a blank says why. */
  private static Set<String> known(ConnectorFolder connector) throws IOException {
    Path file = connector.path().resolve("samples/left-over.txt");
    Set<String> known = new TreeSet<>();
    if (Files.exists(file)) {
      Files.readAllLines(file).forEach(line -> known.add(line.split("\\s")[0]));
    }
    return known;
  }

  /** Fields with a number that the telemetry mapping did not look at. */
  static Set<String> leftOver(ConnectorFolder connector, List<GoldenCase> cases)
      throws IOException {
    Set<String> left = new TreeSet<>();
    for (GoldenCase golden : cases) {
      String name = golden.mapping().getFileName().toString();
      if (!Files.exists(golden.input()) || name.matches("(inventory|faults)\\..*")) {
        continue;
      }
      byte[] payload = Files.readAllBytes(golden.input());
      MappingTrial trial =
          MappingTrial.run(
              connector.source(name.replaceFirst("\\.(jsonata|fields\\.yaml)$", "")),
              payload,
              null,
              Map.of("device", "device", "tenant", "default", "received", GoldenCase.RECEIVED),
              MappingBounds.DEFAULT);
      JsonNode sample = JSON.readTree(payload);
      left.addAll(numbers(sample, trial.unmatched()));
    }
    return left;
  }

  /** Those of the fields that are numbers. */
  static List<String> numbers(JsonNode sample, List<String> fields) {
    return fields.stream().filter(f -> isNumber(sample, f)).toList();
  }

  private static boolean isNumber(JsonNode node, String path) {
    if (path.isEmpty()) {
      return node.isNumber();
    }
    if (path.startsWith("[]")) {
      for (JsonNode element : node) {
        if (isNumber(element, path.substring(2).replaceFirst("^\\.", ""))) {
          return true;
        }
      }
      return false;
    }
    int end = path.split("[.\\[]", 2)[0].length();
    return isNumber(
        node.path(path.substring(0, end)), path.substring(end).replaceFirst("^\\.", ""));
  }
}
