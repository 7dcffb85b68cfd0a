package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.ConnectionList;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusConnections;
import io.caravanhub.core.work.WorkRule;
import io.caravanhub.core.work.WorkRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway reads of the version in force. The paths stay the same from version to version,
 * so that whoever watches them sees the change. Safe for many threads.
 */
public final class LiveConfiguration implements FieldbusConnections {
  private final Path inForce;
  private final Function<JsonNode, List<FieldbusConnection>> reader;
  private final List<FieldbusConnection> own;
  private final List<WorkRule> ownWork;
  private volatile List<FieldbusConnection> connections;
  private volatile Consumer<List<WorkRule>> worker = rules -> {};
  private volatile List<WorkRule> work;
  private @Nullable String workText;

  /**
   * @param inForce where the version in force is
   * @param reader reads connections; throws IllegalArgumentException naming the field
   * @param own connections of {@code edge.yaml}, for versions that say nothing of connections
   * @param ownWork rules of {@code edge.yaml}, for versions that say nothing of local work
   */
  LiveConfiguration(
      Path inForce,
      Function<JsonNode, List<FieldbusConnection>> reader,
      List<FieldbusConnection> own,
      List<WorkRule> ownWork) {
    this.inForce = inForce;
    this.reader = reader;
    this.own = List.copyOf(own);
    this.connections = this.own;
    this.ownWork = List.copyOf(ownWork);
    this.work = this.ownWork;
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

  /** Gives the rules of local work to this worker, now and whenever they change. */
  public void onWork(Consumer<List<WorkRule>> taker) {
    worker = taker;
    taker.accept(work);
  }

  /** Reads the connections of a text as they would be. */
  List<FieldbusConnection> read(String text) {
    return reader.apply(ConnectionList.read(text));
  }

  /** Takes over connections and local work of the version in force. */
  void reload() throws IOException {
    String list = text(Bundle.FIELDBUS);
    String rules = text(Bundle.WORK);
    List<FieldbusConnection> read = list == null ? own : List.copyOf(read(list));
    boolean worked = !Objects.equals(rules, workText);
    List<WorkRule> fresh = rules == null ? ownWork : List.copyOf(WorkRules.read(rules));
    connections = read;
    if (worked) {
      workText = rules;
      work = fresh;
      worker.accept(fresh);
    }
  }

  private @Nullable String text(String name) throws IOException {
    Path file = inForce.resolve("files").resolve(name);
    return Files.exists(file) ? Files.readString(file) : null;
  }
}
