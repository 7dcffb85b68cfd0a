package io.caravanhub.hub.registry;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The device calls of the API. Every change is audited. Thread-safe. */
@Component("devices")
public class DeviceRegistry {
  private final JdbcClient jdbc;
  private final Tokens tokens;
  private final DeviceDirectory directory;
  private final DeviceRows rows;
  private final Audit audit;
  private final DeviceDefaults defaults;
  private final ApplicationEventPublisher changes;

  public DeviceRegistry(
      JdbcClient jdbc,
      Tokens tokens,
      DeviceDirectory directory,
      DeviceRows rows,
      Audit audit,
      DeviceDefaults defaults,
      ApplicationEventPublisher changes) {
    this.changes = changes;
    this.defaults = defaults;
    this.jdbc = jdbc;
    this.tokens = tokens;
    this.directory = directory;
    this.rows = rows;
    this.audit = audit;
  }

  /** {@code POST /devices}: the device with its token, which is shown this once. */
  @Transactional
  public Map<String, Object> create(@Body byte[] body) {
    Fields fields = Fields.of(body);
    HubPrincipal caller = CallerContext.current();
    String connection = fields.object("connection");
    String metadata = fields.object("metadata");
    UUID id = UUID.randomUUID();
    Map<String, String> absent = defaults.of(caller.tenant(), fields.text("device_type"));
    UUID parent = rows.parent(fields.optionalText("parent_id"));
    try {
      jdbc.sql(
              """
              insert into devices (id, tenant_id, serial, device_type, manufacturer, model, installation_location, connection_type, connection,
                                   mapping, building_id, equipment_id, gateway_id, metadata, parent_id, port)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?::jsonb, ?, ?)\
              """)
          .params(
              id,
              caller.tenant(),
              serial(fields),
              fields.text("device_type"),
              fields.text("manufacturer", absent.getOrDefault("manufacturer", "")),
              fields.text("model", absent.getOrDefault("model", "")),
              fields.text(
                  "installation_location", absent.getOrDefault("installation_location", "")),
              connectionType(fields, parent == null ? absent.get("connection_type") : "virtual"),
              connection == null ? "{}" : connection,
              fields.optionalText("mapping"),
              fields.has("building_id")
                  ? fields.optionalText("building_id")
                  : absent.get("building_id"),
              fields.optionalText("equipment_id"),
              rows.gateway(fields.optionalText("gateway_id")),
              metadata == null ? "{}" : metadata,
              parent,
              fields.optionalText("port"))
          .update();
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict(
          "device_serial",
          "a device with serial \"" + fields.text("device_serial") + "\" is there already");
    }
    directory.forget();
    Map<String, Object> device = new LinkedHashMap<>(rows.require(id.toString()));
    audit.record("device.create", "device:" + id, null, device);
    device.put("token", tokens.issue(caller.tenant(), "device", id.toString()));
    return device;
  }

  private static String connectionType(Fields fields, @Nullable String absent) {
    return absent == null ? fields.text("connection_type") : fields.text("connection_type", absent);
  }

  private static String serial(Fields fields) {
    String serial = fields.text("device_serial");
    if (!serial.matches("[\\p{L}\\p{N}._:@# -]{1,128}")) {
      throw ProblemException.badField(
          "device_serial", "expected 1 to 128 letters, digits or . _ : @ - and blanks");
    }
    if (serial.startsWith("asset:")) {
      throw ProblemException.badField(
          "device_serial", "asset: begins the serials of devices that stand for assets");
    }
    return serial;
  }

  /** {@code GET /devices}, with filters. */
  public Page<Map<String, Object>> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("building_id") @Nullable String building,
      @Header("equipment_id") @Nullable String equipment,
      @Header("status") @Nullable String status,
      @Header("parent_id") @Nullable String parent) {
    int size = Page.limit(limit);
    List<Map<String, Object>> found =
        rows.list(Page.position(cursor), building, equipment, status, parent, size + 1);
    return Page.of(found, size, device -> String.valueOf(device.get("device_serial")));
  }

  /** {@code GET /devices/{d}}. */
  public Map<String, Object> get(@Header("deviceId") String device) {
    return rows.require(device);
  }

  /** {@code PATCH /devices/{d}}: only the fields that are given change. */
  @Transactional
  public Map<String, Object> update(@Header("deviceId") String device, @Body byte[] body) {
    Map<String, Object> before = rows.require(device);
    Fields fields = Fields.of(body);
    jdbc.sql(
            """
            update devices set device_type = coalesce(?, device_type), manufacturer = coalesce(?, manufacturer), model = coalesce(?, model),
                   installation_location = coalesce(?, installation_location), connection_type = coalesce(?, connection_type),
                   connection = coalesce(?::jsonb, connection), mapping = coalesce(?, mapping), building_id = coalesce(?, building_id),
                   equipment_id = coalesce(?, equipment_id), gateway_id = coalesce(?, gateway_id), metadata = coalesce(?::jsonb, metadata),
                   status = coalesce(?, status), updated_at = now()
             where id = ?::uuid\
            """)
        .params(
            fields.optionalText("device_type"),
            fields.optionalText("manufacturer"),
            fields.optionalText("model"),
            fields.optionalText("installation_location"),
            fields.optionalText("connection_type"),
            fields.object("connection"),
            fields.optionalText("mapping"),
            fields.optionalText("building_id"),
            fields.optionalText("equipment_id"),
            rows.gateway(fields.optionalText("gateway_id")),
            fields.object("metadata"),
            status(fields),
            before.get("id"))
        .update();
    directory.forget();
    changes.publishEvent(
        new DeviceChange(String.valueOf(TenantScope.current()), String.valueOf(before.get("id"))));
    Map<String, Object> after = rows.require(device);
    if ("decommissioned".equals(after.get("status"))) {
      tokens.revoke(String.valueOf(TenantScope.current()), String.valueOf(before.get("id")));
    }
    audit.record("device.update", "device:" + before.get("id"), before, after);
    return after;
  }

  private static @Nullable String status(Fields fields) {
    String status = fields.optionalText("status");
    if (status == null || status.matches("unclaimed|active|maintenance|decommissioned")) {
      return status;
    }
    throw ProblemException.badField(
        "status", "expected unclaimed, active, maintenance or decommissioned");
  }

  /**
   * {@code DELETE /devices/{d}}: its history stays, its token and its telemetry are refused from
   * now on.
   */
  @Transactional
  public Map<String, Object> decommission(@Header("deviceId") String device) {
    Map<String, Object> before = rows.require(device);
    jdbc.sql("update devices set status = 'decommissioned', updated_at = now() where id = ?::uuid")
        .params(before.get("id"))
        .update();
    tokens.revoke(String.valueOf(TenantScope.current()), String.valueOf(before.get("id")));
    directory.forget();
    changes.publishEvent(
        new DeviceChange(String.valueOf(TenantScope.current()), String.valueOf(before.get("id"))));
    Map<String, Object> after = rows.require(device);
    audit.record("device.decommission", "device:" + before.get("id"), before, after);
    return after;
  }

  /** {@code POST /devices/{d}/token}: a new token; every earlier one is revoked. */
  @Transactional
  public Map<String, Object> rotateToken(@Header("deviceId") String device) {
    String id = String.valueOf(rows.require(device).get("id"));
    String tenant = CallerContext.current().tenant();
    tokens.revoke(tenant, id);
    audit.record("device.token.rotate", "device:" + id, null, null);
    return Map.of("id", id, "token", tokens.issue(tenant, "device", id));
  }
}
