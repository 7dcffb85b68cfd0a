package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleOutcome;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.event.DeviceAlarms;
import io.caravanhub.hub.event.EventLog;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Gateway;
import io.caravanhub.hub.rules.RuleEngine;
import io.caravanhub.hub.telemetry.Timestamps;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What rules on a gateway noticed, as events like any other, and what devices behind it say of
 * their alarms ({@link DeviceAlarms}). Of a rule: {@code {rule, type, title, severity, metric,
 * value, unit, threshold, timestamp, onset, state, escalated, message, family, action,
 * failure_mode, parts}}. While an event of the rule on the device is open, whoever raised it, what
 * is told is about that one, unless it is of a time before. Thread-safe.
 */
@Component("gatewayEvents")
public class GatewayEvents {
  private static final Set<String> TYPES =
      Set.of("warning", "maintenance_due", "likely_failure", "critical_fault");
  private static final Set<String> SEVERITIES = Set.of("low", "medium", "high", "critical");
  private static final Map<String, String> TYPE_OF =
      Map.of("critical", "critical_fault", "high", "likely_failure");
  private static final Set<String> THE_HUBS =
      Set.of("event-storm", "upstream-silent", "completed-not-cleared");
  private static final int RULE_MAX = 200;
  private static final int PARTS_MAX = 50;

  private final EventLog log;
  private final DeviceAlarms alarms;
  private final RuleEngine rules;
  private final DeviceDirectory directory;
  private final Timestamps timestamps;
  private final ObjectMapper json;

  GatewayEvents(
      EventLog log,
      DeviceAlarms alarms,
      RuleEngine rules,
      DeviceDirectory directory,
      Timestamps timestamps,
      ObjectMapper json) {
    this.log = log;
    this.alarms = alarms;
    this.rules = rules;
    this.directory = directory;
    this.timestamps = timestamps;
    this.json = json;
  }

  /**
   * Records what was raised or cleared.
   *
   * @throws UnusableMessageException naming the field at fault
   */
  void record(Gateway gateway, BatchEvent event) {
    record(gateway, event.device(), event.body());
  }

  /** Body in: the event of a dead letter, as it was told. */
  public void again(Exchange exchange) throws IOException {
    String tenant = exchange.getMessage().getHeader(TelemetryHeaders.TENANT, "", String.class);
    String name = exchange.getMessage().getHeader(TelemetryHeaders.DEVICE, "", String.class);
    String of = exchange.getMessage().getHeader(TelemetryHeaders.GATEWAY, "", String.class);
    Gateway gateway =
        directory
            .gateway(tenant, of)
            .orElseThrow(() -> unusable("gateway", "there is no gateway \"" + of + "\""));
    Device device =
        directory
            .find(tenant, name)
            .filter(gateway::speaksFor)
            .filter(Device::isActive)
            .orElseThrow(
                () ->
                    unusable(
                        "device_id",
                        "no active device \"" + name + "\" behind \"" + gateway.serial() + "\""));
    Object body;
    try {
      body = json.readValue(exchange.getMessage().getBody(byte[].class), Object.class);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw unusable("body", "is not JSON");
    }
    if (!(body instanceof Map<?, ?> event)) {
      throw unusable("body", "expected an object");
    }
    record(gateway, device, event);
  }

  private void record(Gateway gateway, Device device, Map<?, ?> body) {
    if (DeviceAlarms.isSaidIn(body)) {
      alarms.record(device, body);
      return;
    }
    String rule = text(body, "rule");
    if (rule.isBlank() || rule.length() > RULE_MAX) {
      throw unusable("rule", "expected the rule's id of 1 to " + RULE_MAX + " characters");
    }
    if (THE_HUBS.contains(rule)) {
      throw unusable("rule", "\"" + rule + "\" is what the hub notices itself: rename the rule");
    }
    Instant at = time(body.get("timestamp"), "timestamp");
    String state = text(body, "state").toLowerCase(Locale.ROOT);
    Detection.Kind kind =
        switch (state) {
          case "", "raised" ->
              Boolean.TRUE.equals(body.get("escalated"))
                  ? Detection.Kind.ESCALATE
                  : Detection.Kind.RAISE;
          case "cleared" -> Detection.Kind.CLEAR;
          default -> throw unusable("state", "expected raised or cleared, got \"" + state + "\"");
        };
    Instant onset = body.get("onset") == null ? at : time(body.get("onset"), "onset");
    String severity = text(body, "severity").toLowerCase(Locale.ROOT);
    severity = SEVERITIES.contains(severity) ? severity : "medium";
    String type = text(body, "type").toLowerCase(Locale.ROOT);
    type = TYPES.contains(type) ? type : TYPE_OF.getOrDefault(severity, "warning");
    String mode = text(body, "failure_mode");
    String message = first(text(body, "message"), text(body, "title"), rule);
    RuleOutcome outcome =
        new RuleOutcome(
            EventType.valueOf(type.toUpperCase(Locale.ROOT)),
            Severity.valueOf(severity.toUpperCase(Locale.ROOT)),
            first(clipped(text(body, "family"), 100), rule),
            clipped(message, 500),
            clipped(text(body, "action"), 2_000),
            mode.isBlank() ? null : clipped(mode, 100),
            parts(body.get("parts")));
    String metric = text(body, "metric");
    String unit = text(body, "unit");
    log.recordFrom(
        gateway.serial(),
        new Detection(
            kind,
            device.forRules(),
            Rule.ofOthers(rule, outcome),
            onset,
            at,
            new Finding(
                metric.isEmpty() ? null : clipped(metric, 200),
                number(body.get("value")),
                number(body.get("threshold")),
                unit.isEmpty() ? null : clipped(unit, 50),
                null)));
    if (kind == Detection.Kind.CLEAR) {
      // The hub's own evaluation goes on from the end of the event.
      rules.forget(device.tenant(), device.id().toString());
    }
  }

  private static List<RuleOutcome.Part> parts(@Nullable Object told) {
    List<RuleOutcome.Part> parts = new ArrayList<>();
    if (told instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> part && parts.size() < PARTS_MAX) {
          parts.add(
              new RuleOutcome.Part(
                  clipped(text(part, "number"), 100),
                  clipped(text(part, "name"), 200),
                  part.get("quantity") instanceof Number quantity ? quantity.intValue() : 1));
        }
      }
    }
    return parts;
  }

  private Instant time(@Nullable Object value, String field) {
    if (value == null) {
      throw unusable(field, "absent: expected ISO 8601 such as 2026-01-31T12:00:00Z");
    }
    return timestamps.read(value, field, Instant.EPOCH).truncatedTo(ChronoUnit.MILLIS);
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private static String text(Map<?, ?> body, String field) {
    Object value = body.get(field);
    if (value == null) {
      return "";
    }
    if (value instanceof Map || value instanceof List) {
      throw unusable(field, "expected a text");
    }
    return clipped(String.valueOf(value), 2_000);
  }

  private static String first(String... texts) {
    for (String text : texts) {
      if (!text.isBlank()) {
        return text;
      }
    }
    return "";
  }

  private static String clipped(String text, int most) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() > most ? plain.substring(0, most) : plain;
  }

  private static UnusableMessageException unusable(String field, String reason) {
    return new UnusableMessageException(field, reason);
  }
}
