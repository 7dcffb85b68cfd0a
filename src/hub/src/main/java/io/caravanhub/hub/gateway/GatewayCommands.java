package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Gateway;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Commands to devices behind gateways: a value to be written to one of their points. Each is kept
 * with its state; the gateway decides whether it may be written. Thread-safe.
 */
@Component("gatewayCommands")
public class GatewayCommands {
  private static final Duration EXPIRES = Duration.ofMinutes(1);
  private static final Duration EXPIRES_MAX = Duration.ofDays(1);
  private static final int TEXT_MAX = 500;
  private static final Set<String> ENDS = Set.of("done", "refused", "failed", "expired");

  private final DeviceDirectory directory;
  private final CommandRows rows;
  private final GatewaySender sender;
  private final Audit audit;
  private final ObjectMapper json;

  GatewayCommands(
      DeviceDirectory directory,
      CommandRows rows,
      GatewaySender sender,
      Audit audit,
      ObjectMapper json) {
    this.directory = directory;
    this.rows = rows;
    this.sender = sender;
    this.audit = audit;
    this.json = json;
  }

  /** {@code POST /devices/{d}/command}: {@code {metric, value, expires_in}}. */
  public Map<String, Object> command(@Header("deviceId") String id, @Body byte[] body)
      throws IOException {
    Fields fields = Fields.of(body);
    fields.only(Set.of("metric", "value", "expires_in"));
    Device device = device(id);
    if (device.status().equals("decommissioned")) {
      throw ProblemException.conflict(
          "device_id", "device \"" + device.serial() + "\" is decommissioned");
    }
    if (device.gateway() == null) {
      throw ProblemException.conflict(
          "device_id",
          "device \"" + device.serial() + "\" is not behind a gateway, and the hub writes to none");
    }
    String metric = fields.text("metric");
    JsonNode value = json.readTree(body).path("value");
    if (!isValue(value)) {
      throw ProblemException.badField(
          "value",
          "expected a number, a text of at most " + TEXT_MAX + " characters, true or false");
    }
    Duration given = fields.optionalDuration("expires_in");
    Duration expires = given == null ? EXPIRES : given;
    if (expires.isZero() || expires.compareTo(EXPIRES_MAX) > 0) {
      throw ProblemException.badField("expires_in", "expected more than nothing, at most a day");
    }
    UUID command =
        rows.insert(
            device,
            metric,
            value.toString(),
            CallerContext.current().role() + ":" + CallerContext.current().subject(),
            Instant.now().plus(expires));
    audit.record(
        "device.command",
        "device:" + device.id(),
        null,
        Map.of("command", command.toString(), "metric", metric, "value", value));
    send(command);
    return rows.get(command);
  }

  private static boolean isValue(JsonNode value) {
    return value.isBoolean()
        || (value.isNumber() && Double.isFinite(value.doubleValue()))
        || (value.isTextual()
            && value.textValue().length() <= TEXT_MAX
            && value.textValue().indexOf('\0') < 0);
  }

  /** {@code GET /devices/{d}/commands}, newest first. */
  public Page<Map<String, Object>> list(
      @Header("deviceId") String id,
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor) {
    return rows.list(device(id).id(), Page.limit(limit), Page.position(cursor));
  }

  private Device device(String id) {
    return directory
        .find(CallerContext.current().tenant(), id)
        .orElseThrow(() -> ProblemException.notFound("device", id));
  }

  /** Sends what waits for its gateway and ends what is overdue, every few seconds. */
  public void look() {
    rows.eachTenant(
        () -> {
          rows.expire();
          rows.pending().forEach(this::send);
        });
  }

  private void send(UUID id) {
    CommandRows.Sending command = rows.sending(id).orElse(null);
    if (command == null) {
      return;
    }
    boolean sent = false;
    try {
      Gateway gateway = directory.gateway(command.tenant(), command.gateway()).orElse(null);
      sent = gateway != null && sender.send(gateway, "commands", message(id, command));
    } finally {
      if (!sent) {
        rows.waits(id);
      }
    }
  }

  private byte[] message(UUID id, CommandRows.Sending command) {
    try {
      return json.writeValueAsBytes(
          json.createObjectNode()
              .put("id", id.toString())
              .put("device", command.device())
              .put("metric", command.metric())
              .put("expires", command.expires().toString())
              .set("value", json.readTree(command.value())));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a gateway says became of a command: {@code {id, state, value, reason}}. */
  public void said(Exchange exchange) {
    Message message = exchange.getMessage();
    byte[] body = message.getBody(byte[].class);
    exchange.setProperty(DeadLetters.PAYLOAD, body);
    String tenant = message.getHeader(TelemetryHeaders.TENANT, "", String.class);
    String name = message.getHeader(TelemetryHeaders.DEVICE, "", String.class);
    Gateway gateway =
        directory
            .gateway(tenant, name)
            .orElseThrow(
                () -> new UnusableMessageException("gateway", "unknown gateway \"" + name + "\""));
    JsonNode said = read(body);
    String state = said.path("state").asText("");
    if (!ENDS.contains(state)) {
      throw new UnusableMessageException(
          "state", "expected done, refused, failed or expired, got \"" + state + "\"");
    }
    JsonNode value = said.path("value");
    String reason = said.path("reason").isTextual() ? said.path("reason").asText() : null;
    if (!rows.answered(
        gateway,
        said.path("id").asText(""),
        state,
        value.isMissingNode() || value.isNull() ? null : value.toString(),
        reason)) {
      throw new UnusableMessageException(
          "id", "gateway \"" + gateway.serial() + "\" was sent no such command");
    }
  }

  private JsonNode read(byte[] body) {
    try {
      JsonNode said = json.readTree(body);
      if (said != null && said.isObject()) {
        return said;
      }
    } catch (IOException e) {
      // told below
    }
    throw new UnusableMessageException("body", "expected an object with id and state");
  }
}
