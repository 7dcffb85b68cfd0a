package io.caravanhub.testkit.connector;

import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.stream.StreamFile;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A connector: one folder named after its OEM.
 *
 * @param path the folder
 */
public record ConnectorFolder(Path path) {
  /** All connectors below {@code oem} and {@code fsm} of the connectors' folder. */
  public static List<ConnectorFolder> all(Path connectors) {
    return Stream.of("oem", "fsm")
        .map(connectors::resolve)
        .filter(Files::isDirectory)
        .flatMap(kind -> list(kind).stream())
        .filter(Files::isDirectory)
        .map(ConnectorFolder::new)
        .toList();
  }

  /** The OEM's name, which is the folder's. */
  public String name() {
    return path.getFileName().toString();
  }

  /** Whether it brings in an OEM's telemetry; else it takes actions to an FSM system. */
  public boolean isOem() {
    Path kind = path.toAbsolutePath().normalize().getParent();
    return kind != null && kind.endsWith("oem");
  }

  /** Whether it asks its cloud; else it waits for webhooks. */
  public boolean polls() {
    return Files.exists(path.resolve(CloudFile.NAME));
  }

  /** Whether it holds a stream open. */
  public boolean streams() {
    return Files.exists(path.resolve(StreamFile.NAME));
  }

  /** The files that lie directly in the folder with this ending, sorted. */
  public List<Path> files(String ending) {
    return list(path).stream().filter(p -> p.toString().endsWith(ending)).toList();
  }

  /** Its mappings: expressions, and field tables that have none beside them. */
  public List<Path> mappings() {
    return list(path).stream().filter(GoldenFiles::isMapping).toList();
  }

  /** The mapping of this name: an expression, a field table, or both. */
  MappingSource source(String name) throws IOException {
    Path expression = path.resolve(name + ".jsonata");
    Path table = path.resolve(name + ".fields.yaml");
    if (!Files.exists(expression) && !Files.exists(table)) {
      throw new IOException("there is no mapping " + name);
    }
    return new MappingSource(
        name,
        "file",
        Files.exists(expression) ? Files.readString(expression) : "",
        Files.exists(table) ? Files.readString(table) : null);
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
