package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.ConnectionList;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusConnections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * What the gateway reads of the version in force. The paths stay the same from version to version,
 * so that whoever watches them sees the change. Safe for many threads.
 */
public final class LiveConfiguration implements FieldbusConnections {
  private final Path inForce;
  private final Function<JsonNode, List<FieldbusConnection>> reader;
  private final List<FieldbusConnection> own;
  private volatile List<FieldbusConnection> connections;

  /**
   * @param inForce where the version in force is
   * @param reader reads connections; throws IllegalArgumentException naming the field
   * @param own connections of {@code edge.yaml}, for versions that say nothing of connections
   */
  LiveConfiguration(
      Path inForce,
      Function<JsonNode, List<FieldbusConnection>> reader,
      List<FieldbusConnection> own) {
    this.inForce = inForce;
    this.reader = reader;
    this.own = List.copyOf(own);
    this.connections = this.own;
  }

  /** Device maps and mappings: the package's, and over them the version's. */
  public Path mappings() {
    return inForce.resolve("mappings");
  }

  /** The version's route files. */
  public Path routes() {
    return inForce.resolve("files/routes");
  }

  /** Rules: the gateway's own, and over them the version's. */
  public Path rules() {
    return inForce.resolve("rules");
  }

  @Override
  public List<FieldbusConnection> list(String protocol) {
    return connections.stream().filter(c -> c.protocol().equals(protocol)).toList();
  }

  /** Every connection. */
  public List<FieldbusConnection> all() {
    return connections;
  }

  /** Reads the connections of a text as they would be. */
  List<FieldbusConnection> read(String text) {
    return reader.apply(ConnectionList.read(text));
  }

  /** Takes over the connections of the version in force. */
  void reload() throws IOException {
    Path file = inForce.resolve("files").resolve(Bundle.FIELDBUS);
    connections = Files.exists(file) ? List.copyOf(read(Files.readString(file))) : own;
  }
}
