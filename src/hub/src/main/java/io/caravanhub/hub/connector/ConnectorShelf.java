package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The facts of connectors' folders, read again when a file of theirs has changed. Thread-safe. */
@Component
public class ConnectorShelf {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final int MOST_SAMPLES = 200;

  private final Path folder;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(long stamp, ConnectorFacts facts) {}

  ConnectorShelf(@Value("${hub.connectors}") Path connectors) {
    this.folder = connectors.resolve("oem");
  }

  /** The facts of this connector; none when it is gone. */
  public ConnectorFacts of(String name) {
    Path home = folder.resolve(name);
    if (!name.matches("[a-z0-9][a-z0-9-]*") || !Files.isDirectory(home)) {
      return ConnectorFacts.NONE;
    }
    long stamp = stamp(name, home);
    Known before = known.get(name);
    if (before == null || before.stamp != stamp) {
      before = new Known(stamp, read(name, home));
      known.put(name, before);
    }
    return before.facts;
  }

  private static long stamp(String name, Path home) {
    long stamp = 0;
    for (String file :
        List.of(name + "-source.kamelet.yaml", "README.md", "samples/expected", ".")) {
      try {
        stamp = stamp * 31 + Files.getLastModifiedTime(home.resolve(file)).toMillis();
      } catch (IOException e) {
        stamp = stamp * 31;
      }
    }
    return stamp;
  }

  private static ConnectorFacts read(String name, Path home) {
    Collection<String> metrics = new TreeSet<>();
    try (Stream<Path> samples = Files.list(home.resolve("samples/expected"))) {
      samples
          .filter(file -> file.toString().endsWith(".json"))
          .limit(MOST_SAMPLES)
          .forEach(file -> collect(tree(JSON, file), metrics));
    } catch (IOException e) {
      metrics.clear();
    }
    String readme = "";
    try {
      readme = Files.readString(home.resolve("README.md"));
    } catch (IOException e) {
      readme = "";
    }
    String icon =
        tree(YAML, home.resolve(name + "-source.kamelet.yaml"))
            .at("/metadata/annotations/camel.apache.org~1kamelet.icon")
            .asText("");
    return new ConnectorFacts(
        isOwn(icon) ? icon : "",
        List.copyOf(metrics),
        Files.exists(home.resolve("faults.jsonata")),
        Files.exists(home.resolve("inventory.jsonata")),
        readme);
  }

  /** Whether it is an image, and not the cloud that every new connector gets. */
  private static boolean isOwn(String icon) {
    if (!icon.matches("data:image/(svg\\+xml|png|jpeg);base64,[A-Za-z0-9+/=]+")) {
      return false;
    }
    try {
      byte[] image = Base64.getDecoder().decode(icon.substring(icon.indexOf(',') + 1));
      return !new String(image, StandardCharsets.ISO_8859_1).contains("M6 19h12a4 4 0 0 0 0-8h-1");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Names of what results of a mapping hold, in either canonical shape. */
  private static void collect(JsonNode tree, Collection<String> metrics) {
    tree.path("measurements").forEach(m -> add(m.path("name").asText(""), metrics));
    tree.path("metrics").fieldNames().forEachRemaining(name -> add(name, metrics));
    if (tree.isArray()) {
      tree.forEach(element -> collect(element, metrics));
    }
  }

  private static void add(String name, Collection<String> metrics) {
    if (!name.isEmpty()) {
      metrics.add(name);
    }
  }

  private static JsonNode tree(ObjectMapper mapper, Path file) {
    try {
      JsonNode tree = mapper.readTree(file.toFile());
      return tree == null ? JSON.createObjectNode() : tree;
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }
}
