package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudDeclarationException;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.stream.StreamFile;
import io.caravanhub.core.stream.StreamPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The connectors that are in the folder now. A file that has changed is read again by whoever asks
 * next; a connector that cannot be read is there with its problem. Thread-safe.
 */
@Component
public class ConnectorCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectorCatalog.class);
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final Path folder;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(List<Long> modified, Connector connector) {}

  ConnectorCatalog(@Value("${hub.connectors}") Path connectors) {
    this.folder = connectors.resolve("oem");
  }

  /** All of them, by name. */
  public List<Connector> all() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .map(f -> f.getFileName().toString())
          .sorted()
          .flatMap(name -> find(name).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The connector of this name. */
  public Optional<Connector> find(String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]*")) {
      return Optional.empty();
    }
    Path of = folder.resolve(name);
    List<Long> modified =
        Stream.of(name + "-source.kamelet.yaml", CloudFile.NAME, StreamFile.NAME)
            .map(file -> modified(of.resolve(file)))
            .toList();
    if (modified.get(0) == 0) {
      return Optional.empty();
    }
    Known before = known.get(name);
    if (before == null || !before.modified.equals(modified)) {
      before = new Known(modified, read(name, of));
      known.put(name, before);
    }
    return Optional.of(before.connector);
  }

  private static Connector read(String name, Path of) {
    JsonNode read = YAML.createObjectNode();
    Cloud asked = null;
    StreamPlan held = null;
    String problem = null;
    try {
      read = YAML.readTree(of.resolve(name + "-source.kamelet.yaml").toFile());
      asked = declared(of, CloudFile.NAME, CloudFile::read);
      held = declared(of, StreamFile.NAME, StreamFile::read);
    } catch (IOException | CloudDeclarationException e) {
      problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot be read");
      LOG.warn("connectors/oem/{}: {}", name, problem);
    }
    JsonNode definition = read.at("/spec/definition");
    return new Connector(
        name,
        definition.path("title").asText(name),
        definition.path("description").asText(""),
        read.at("/metadata/annotations/camel.apache.org~1provider").asText(""),
        definition,
        kind(of),
        asked,
        held,
        problem);
  }

  private static String kind(Path of) {
    if (Files.exists(of.resolve(StreamFile.NAME))) {
      return "stream";
    }
    return Files.exists(of.resolve(CloudFile.NAME)) ? "poll" : "webhook";
  }

  private static <T> @Nullable T declared(Path of, String name, Function<Path, T> read) {
    Path file = of.resolve(name);
    return Files.exists(file) ? read.apply(file) : null;
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }
}
