package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingTrial;
import io.caravanhub.core.stream.MessageKind;
import io.caravanhub.core.stream.StreamPlan;
import io.caravanhub.testkit.connector.HeardStream.Message;
import io.caravanhub.testkit.golden.GoldenCase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What comes of the messages that were heard, through mapping and route. */
final class HeardChecks {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ConnectorFolder connector;
  private final RouteTrial routes;

  HeardChecks(ConnectorFolder connector, RouteTrial routes) {
    this.connector = connector;
    this.routes = routes;
  }

  /** How many messages came to the channel raw. */
  int check(Message message, List<String> problems) {
    String at = message.topic().isEmpty() ? "a message: " : message.topic() + ": ";
    var sorted = message.sorted();
    if (sorted == null) {
      problems.add(
          at + Objects.requireNonNullElse(message.error(), "no message of stream.yaml fits"));
      return 0;
    }
    MessageKind kind = sorted.kind();
    if (sorted.isUnread()) {
      problems.add(at + "is not written as " + kind.name() + " is declared");
      return 0;
    }
    for (Part part : sorted.parts()) {
      if (part.device().isEmpty() && kind.inventory() == null) {
        problems.add(at + "a part without a device");
      }
    }
    String mapping = kind.mapping();
    if (mapping == null) {
      return 0;
    }
    String name = mapping.contains("/") ? mapping : connector.name() + "/" + mapping;
    ConnectorFolder of = home(mapping);
    if (of == null) {
      problems.add("stream.yaml: there is no mapping " + name);
      return 0;
    }
    sorted.parts().forEach(p -> map(of, mapping, p, at, problems));
    try {
      return routes.stream(
              sorted.parts().stream()
                  .map(p -> new PartMessage(p.device(), name, bytes(p.json().toString())))
                  .toList(),
              connector.name())
          .size();
    } catch (IllegalStateException e) {
      problems.add(at + "the route failed: " + e.getMessage());
      return 0;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What the mapping of a part makes of it, whether it lies in this folder or elsewhere. */
  private static void map(
      ConnectorFolder of, String mapping, Part part, String at, List<String> problems) {
    try {
      MappingTrial trial =
          MappingTrial.run(
              of.source(last(mapping)),
              bytes(part.json().toString()),
              null,
              Map.of("device", part.device(), "tenant", "default", "received", GoldenCase.RECEIVED),
              MappingBounds.DEFAULT);
      if (trial.failure() != null) {
        problems.add(at + trial.failure().getMessage());
      } else if (!JSON.valueToTree(trial.output()).findPath("measurements").elements().hasNext()) {
        problems.add(at + "no measurement comes of it");
      }
    } catch (IOException | MappingException e) {
      problems.add(at + e.getMessage());
    }
  }

  private static String last(String mapping) {
    return mapping.substring(mapping.indexOf('/') + 1);
  }

  /** A name with a slash is one of the shipped mappings, or another connector's. */
  private @Nullable ConnectorFolder home(String mapping) {
    Path oem =
        Objects.requireNonNullElse(connector.path().toAbsolutePath().getParent(), Path.of("."));
    String folder = mapping.contains("/") ? mapping.substring(0, mapping.indexOf('/')) : "";
    List<Path> folders =
        folder.isEmpty()
            ? List.of(connector.path())
            : List.of(
                oem.resolve(folder), oem.resolve("../../mappings").normalize().resolve(folder));
    return folders.stream()
        .filter(
            f ->
                Files.exists(f.resolve(last(mapping) + ".jsonata"))
                    || Files.exists(f.resolve(last(mapping) + ".fields.yaml")))
        .map(ConnectorFolder::new)
        .findFirst()
        .orElse(null);
  }

  Finding inventory(StreamPlan plan) {
    List<String> problems = new ArrayList<>();
    List<String> mappings =
        plan.messages().stream()
            .map(MessageKind::inventory)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    if (mappings.isEmpty()) {
      problems.add("stream.yaml: no message has an inventory, devices must be entered by hand");
    }
    mappings.stream()
        .filter(m -> home(m) == null)
        .forEach(m -> problems.add("stream.yaml: there is no mapping " + m));
    return new Finding(Grade.SILVER, "inventory", String.join(", ", mappings), problems);
  }
}
