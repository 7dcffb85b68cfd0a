package io.caravanhub.hub.api;

import io.caravanhub.hub.Keys;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Operations of the contract, and bodies that they take. */
final class ContractBodies {
  static final Map<String, Object> SUBSCRIPTION =
      Map.of("url", "https://192.0.2.1/x", "wants", List.of("none"));
  static final Map<String, Object> AUDIENCE =
      Map.of("name", "A", "steps", List.of(Map.of("roles", List.of("r"))));
  static final Map<String, Object> RELEASE =
      Map.of("version", "1.0", "sha256", "0".repeat(64), "signature", "A".repeat(86) + "==");
  static final String DEVICE_MAP =
      "protocol: modbus-tcp\npoints:\n  - {metric: temperature, address: 1, type: int16}\n";

  private ContractBodies() {}

  record Operation(String method, String path, String id, boolean open) {
    @Override
    public String toString() {
      return id;
    }
  }

  static Object body(Operation operation, Registered device) {
    return switch (operation.id()) {
      case "telemetry.ingest" ->
          Map.of("device_id", device.id(), "metrics", Map.of("temperature", 20));
      case "telemetry.upload" -> "device_id,timestamp,metric,value\n";
      case "devices.create" ->
          Map.of("device_serial", "NEW", "device_type", "sensor", "connection_type", "mqtt");
      case "assets.create" -> Map.of("id", "NEW", "name", "New");
      case "telemetry.replay" -> Map.of("from", "2026-01-01T00:00:00Z");
      case "gateways.create" -> Map.of("serial", "NEW");
      case "gateways.batch" ->
          Map.of("epoch", "00000000-0000-0000-0000-000000000001", "records", List.of());
      case "gateways.clock" -> Map.of("sent", 1);
      case "devices.command" -> Map.of("metric", "cooling_setpoint", "value", 21);
      case "assets.derive" -> Map.of("from", "2026-01-01T00:00:00Z");
      case "asset-types.test" -> Map.of("values", Map.of("power", 1));
      case "device-types.create" -> Map.of("name", "NEW");
      case "device-types.import" -> Map.of("name", "T", "description", "imported");
      case "device-types.replace" -> Map.of("description", "again");
      case "device-types.test" -> Map.of("payload", Map.of("metrics", Map.of("temperature", 20)));
      case "rules.create" -> rule("new");
      case "rules.put" -> rule("r");
      case "rules.backtest" ->
          Map.of("rule", rule("r"), "from", Instant.now().minusSeconds(3600).toString());
      case "threshold-rules.create" -> threshold("new");
      case "device-maps.check", "device-maps.save" -> Map.of("content", DEVICE_MAP);
      case "device-maps.import" -> Map.of("tags", "metric,address,type\npower,8,int16\n");
      case "device-maps.browse" -> Map.of("protocol", "opcua", "address", "opc.tcp://127.0.0.1:1");
      case "device-maps.discover" -> Map.of("protocol", "modbus-tcp", "address", "127.0.0.1:1");
      case "mappings.test" ->
          Map.of("jsonata", "{'metrics': {'temperature': t}}", "payload", Map.of("t", 20));
      case "mappings.suggest" -> Map.of("payloads", List.of(Map.of("temperature", 20)));
      case "mappings.save-draft", "mappings.compare" ->
          Map.of("jsonata", "{'metrics': {'temperature': 3}}");
      case "mappings.rollback", "device-types.rollback" -> Map.of("version", 1);
      case "fsm-connections.create" ->
          Map.of("product", "default", "name", "NEW", "settings", Map.of("url", "http://fsm.test"));
      case "notification-channels.create" -> Map.of("kind", "in-app", "name", "NEW");
      case "recipients.create" -> Map.of("name", "NEW");
      case "audiences.create" -> AUDIENCE;
      case "notification-templates.create", "notification-templates.preview" ->
          Map.of("language", "de", "text", "{message}");
      case "webhook-subscriptions.create" -> SUBSCRIPTION;
      case "policies.create" -> "{\"id\": \"new\", \"then\": []}";
      case "policies.put" -> "{\"id\": \"p\", \"then\": []}";
      case "policies.dry-run" -> Map.of("type", "warning", "severity", "low");
      case "policy-books.put" -> "[]";
      case "gateways.report-configuration", "gateways.report-software" ->
          Map.of("version", "1", "state", "healthy");
      case "gateways.save-draft" -> Map.of("files", Map.of("fieldbus.yaml", "[]"));
      case "gateways.publish" -> Map.of("reason", "r");
      case "gateways.rollback" -> Map.of("version", 1, "reason", "r");
      case "gateway-software.register" -> RELEASE;
      case "events.note" -> Map.of("note", "n");
      case "events.acknowledge-all", "events.dismiss-all", "events.shelve-all" ->
          Map.of("ids", List.of("00000000-0000-0000-0000-000000000000"));
      case "actions.update" -> Map.of("payload", Map.of("note", "n"));
      case "actions.arrived" -> Map.of("fsm_id", "WO-1");
      case "connections.create" -> Map.of("oem", "kestrel");
      case "devices.register-certificate" -> Map.of("certificate", Keys.newRequest());
      default -> "{}";
    };
  }

  static Map<String, Object> rule(String id) {
    return Map.of(
        "id",
        id,
        "condition",
        "temperature > 90",
        "event",
        Map.of("type", "warning", "severity", "low", "family", "f", "message", "m"));
  }

  static Map<String, Object> threshold(String name) {
    return Map.of(
        "name",
        name,
        "condition",
        "temperature > 90",
        "event_type",
        "warning",
        "severity",
        "low",
        "cooldown_seconds",
        60);
  }
}
