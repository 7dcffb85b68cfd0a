package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.CloudRequest.PartsOf;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.Parts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One kind of answer of a connector: where parts are, and which mappings they go through.
 *
 * @param parent stands for the item that the request was made for, which a file does not hold: each
 *     of its fields is its own place, {@code {parent/id}}
 */
record PayloadSource(
    PartsOf where,
    @Nullable String mapping,
    @Nullable String inventory,
    @Nullable String faults,
    JsonNode parent) {
  private static final Pattern PUSHED =
      Pattern.compile(
          "pushed\\(\\$\\{body}, '([^']*)', '([^']*)', '(?:[^/']+/)?([^']*)'(?:, '[^']*')?\\)");
  private static final Pattern PARENT = Pattern.compile("\\{parent/([^{}/]+)}");
  private static final String WHOLE = "whole";

  static List<PayloadSource> of(ConnectorFolder connector, String request) throws IOException {
    if (!connector.polls()) {
      return List.of(pushed(connector));
    }
    List<PayloadSource> sources = new ArrayList<>();
    for (CloudRequest one : CloudFile.read(connector.path().resolve(CloudFile.NAME)).requests()) {
      if (request.isEmpty() || one.name().equals(request)) {
        sources.add(of(one.parts(), one.mapping(), one.inventory(), one.faults()));
      }
    }
    return sources;
  }

  private static PayloadSource of(
      PartsOf where,
      @Nullable String mapping,
      @Nullable String inventory,
      @Nullable String faults) {
    ObjectNode parent = JsonNodeFactory.instance.objectNode();
    PARENT
        .matcher(where.device())
        .results()
        .forEach(place -> parent.put(place.group(1), place.group()));
    return new PayloadSource(where, mapping, inventory, faults, parent);
  }

  private static PayloadSource pushed(ConnectorFolder connector) throws IOException {
    Path kamelet = connector.path().resolve(connector.name() + "-source.kamelet.yaml");
    String faults = Files.exists(connector.path().resolve("faults.jsonata")) ? "faults" : null;
    Matcher declared =
        PUSHED.matcher(
            Files.exists(kamelet)
                ? new ObjectMapper(new YAMLFactory()).readTree(kamelet.toFile()).toString()
                : "");
    if (!declared.find()) {
      return of(new PartsOf(List.of(""), "", false, ""), "telemetry", null, faults);
    }
    String items = declared.group(1).strip();
    return of(
        new PartsOf(
            items.isEmpty() ? List.of("") : List.of(items.split("\\s+")),
            declared.group(2),
            false,
            ""),
        declared.group(3).isEmpty() ? "telemetry" : declared.group(3),
        null,
        faults);
  }

  /** The parts of a whole answer; a setting of the connection is its own name. */
  List<Part> parts(JsonNode document) {
    return Parts.of(where, document, parent, PayloadSource::place);
  }

  private static String place(String name) {
    return name.equals("the-key") ? "{key}" : "{" + name + "}";
  }

  /** Whether its answer is only for other requests to be made by. */
  boolean leads() {
    return mapping == null
        && inventory == null
        && faults == null
        && where.items().stream().allMatch(i -> i.matches("/[^*].*"));
  }

  /** A document that is one part itself: as mappings get it, or still to be wrapped. */
  List<List<Part>> single(JsonNode document) {
    List<List<Part>> ways = new ArrayList<>();
    // Under which name it was in the answer is not known.
    String device = where.device().replace("{key}", "{the-key}");
    PartsOf whole = new PartsOf(List.of(WHOLE), device, false, "");
    ways.add(Parts.of(whole, document, parent, PayloadSource::place));
    if (where.wrap()) {
      PartsOf wrapped = new PartsOf(List.of(WHOLE), device, true, where.head());
      ways.add(Parts.of(wrapped, document, parent, PayloadSource::place));
    }
    return ways;
  }
}
