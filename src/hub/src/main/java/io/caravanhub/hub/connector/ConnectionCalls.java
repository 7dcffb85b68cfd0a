package io.caravanhub.hub.connector;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The connection calls of the API. Secrets go in and never come out, not even to the audit log.
 * Thread-safe.
 */
@Component("connections")
public class ConnectionCalls {
  private final ConnectionRows rows;
  private final ConnectionView views;
  private final ConnectionSecrets secrets;
  private final ConnectionDeviceRows devices;
  private final ConnectorCatalog connectors;
  private final DropFolders drops;
  private final Audit audit;

  ConnectionCalls(
      ConnectionRows rows,
      ConnectionView views,
      ConnectionSecrets secrets,
      ConnectionDeviceRows devices,
      ConnectorCatalog connectors,
      DropFolders drops,
      Audit audit) {
    this.rows = rows;
    this.views = views;
    this.secrets = secrets;
    this.devices = devices;
    this.connectors = connectors;
    this.drops = drops;
    this.audit = audit;
  }

  /** {@code GET /connections?oem=}. */
  public Page<Map<String, Object>> list(@Header("oem") @Nullable String oem) {
    return new Page<>(views.list(oem == null || oem.isBlank() ? null : oem), null);
  }

  /** {@code GET /connections/{c}}. */
  public Map<String, Object> get(@Header("connectionId") String id) {
    return views.find(id(id)).orElseThrow(() -> ProblemException.notFound("connection", id));
  }

  /** {@code GET /connections/{c}/devices}. */
  public Page<Map<String, Object>> devices(@Header("connectionId") String id) {
    return new Page<>(devices.list(require(id).id()), null);
  }

  /** {@code POST /connections}: paused, unless {@code enabled} says else. */
  @Transactional
  public Map<String, Object> create(@Body byte[] body) {
    Fields fields = Fields.of(body);
    fields.only(ConnectionRequest.FIELDS);
    Connector connector = connector(fields.text("oem"));
    UUID id = UUID.randomUUID();
    Map<String, String> settings = ConnectionRequest.defaults(connector);
    Map<String, String> credentials = new TreeMap<>();
    ConnectionRequest.merge(connector, fields.object("settings"), settings, credentials);
    drops.require(connector, settings);
    try {
      rows.insert(
          id,
          connector.name(),
          fields.text("name", connector.title()),
          connector.kind(),
          ConnectionRequest.registers(fields, true),
          Boolean.TRUE.equals(fields.optionalFlag("enabled")));
    } catch (DuplicateKeyException e) {
      throw taken(connector.name());
    }
    rows.settings(id, settings, fields.optionalCount("every_seconds", 10, 604_800));
    seal(id, credentials);
    Map<String, Object> made = get(id.toString());
    audit.record("connection.create", "connection:" + id, null, made);
    return made;
  }

  /** {@code PATCH /connections/{c}}: settings that are not named stay, null takes one away. */
  @Transactional
  public Map<String, Object> update(@Header("connectionId") String id, @Body byte[] body) {
    // Locked, for a poll may be keeping a renewed token at the same moment.
    Connection connection =
        rows.locked(id(id)).orElseThrow(() -> ProblemException.notFound("connection", id));
    Map<String, Object> before = get(id);
    Fields fields = Fields.of(body);
    fields.only(List.of("name", "settings", "every_seconds", "devices"));
    Map<String, String> settings = new TreeMap<>(connection.settings());
    Map<String, String> credentials = secrets.open(connection);
    Connector connector = connector(connection.oem());
    ConnectionRequest.merge(connector, fields.object("settings"), settings, credentials);
    drops.require(connector, settings);
    Integer every = fields.optionalCount("every_seconds", 10, 604_800);
    rows.settings(
        connection.id(),
        settings,
        every == null && connection.every() != null && !fields.has("every_seconds")
            ? Integer.valueOf((int) connection.every().toSeconds())
            : every);
    seal(connection.id(), credentials);
    try {
      rows.called(
          connection.id(),
          fields.text("name", connection.name()),
          ConnectionRequest.registers(fields, connection.registers()));
    } catch (DuplicateKeyException e) {
      throw taken(connection.oem());
    }
    Map<String, Object> after = get(id);
    audit.record("connection.update", "connection:" + connection.id(), before, after);
    return after;
  }

  /** {@code DELETE /connections/{c}}: as it was; its devices and their history stay. */
  @Transactional
  public Map<String, Object> delete(@Header("connectionId") String id) {
    Map<String, Object> before = get(id);
    rows.delete(id(id));
    audit.record("connection.delete", "connection:" + id, before, null);
    return before;
  }

  /** {@code POST /connections/{c}/enable}: the first poll is now. */
  @Transactional
  public Map<String, Object> enable(@Header("connectionId") String id) {
    return state(id, true);
  }

  /** {@code POST /connections/{c}/pause}: a poll that is under way is finished. */
  @Transactional
  public Map<String, Object> pause(@Header("connectionId") String id) {
    return state(id, false);
  }

  private Map<String, Object> state(String id, boolean enabled) {
    Connection connection = require(id);
    rows.state(connection.id(), enabled);
    audit.record(
        enabled ? "connection.enable" : "connection.pause",
        "connection:" + connection.id(),
        null,
        null);
    return get(id);
  }

  private static ProblemException taken(String oem) {
    return ProblemException.conflict(
        "name", "there is a connection of this name with " + oem + " already");
  }

  private void seal(UUID id, Map<String, String> credentials) {
    Connection connection = rows.find(id).orElseThrow();
    rows.credentials(id, credentials.isEmpty() ? null : secrets.seal(connection, credentials));
  }

  private Connector connector(String oem) {
    Connector connector =
        connectors
            .find(oem)
            .orElseThrow(
                () -> ProblemException.badField("oem", "there is no connector \"" + oem + "\""));
    if (connector.problem() != null) {
      throw ProblemException.conflict("oem", "the connector is refused: " + connector.problem());
    }
    return connector;
  }

  private Connection require(String id) {
    return rows.find(id(id)).orElseThrow(() -> ProblemException.notFound("connection", id));
  }

  static UUID id(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw ProblemException.notFound("connection", id);
    }
  }
}
