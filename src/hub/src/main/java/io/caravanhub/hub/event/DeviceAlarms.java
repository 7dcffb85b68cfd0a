package io.caravanhub.hub.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.event.StandingEvents.Condition;
import io.caravanhub.hub.event.StandingEvents.Said;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.telemetry.Timestamps;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What devices say of their own alarms, as events that are active as long as they say so: {@code
 * {timestamp, alarms: {source, whole, active: [{code, severity, message, …}], cleared: [code]}}}.
 * The event is one of the device and the code, under the rule {@code alarm:<source>:<code>}; what
 * else is said of an alarm is its evidence {@code alarm}. When {@code whole} is true, those that
 * are not named are over too. Thread-safe.
 */
@Component("deviceAlarms")
public class DeviceAlarms {
  private static final String FIELD = "alarms";
  private static final Set<String> SEVERITIES = Set.of("low", "medium", "high", "critical");
  private static final Map<String, String> TYPE_OF =
      Map.of("critical", "critical_fault", "high", "likely_failure");
  private static final Set<String> OWN = Set.of("code", "severity", "message");
  private static final int MOST = 1_000;
  private static final int DETAILS_MOST = 20;

  private final StandingEvents events;
  private final DeviceDirectory directory;
  private final Timestamps timestamps;
  private final ObjectMapper json;

  DeviceAlarms(
      StandingEvents events, DeviceDirectory directory, Timestamps timestamps, ObjectMapper json) {
    this.events = events;
    this.directory = directory;
    this.timestamps = timestamps;
    this.json = json;
  }

  /** Whether a message is about alarms. */
  public static boolean isSaidIn(Map<?, ?> body) {
    return body.containsKey(FIELD);
  }

  /** Body in: what a device says, as bytes. */
  public void record(Exchange exchange) throws IOException {
    String tenant = exchange.getMessage().getHeader(TelemetryHeaders.TENANT, "", String.class);
    String name = exchange.getMessage().getHeader(TelemetryHeaders.DEVICE, "", String.class);
    Device device =
        directory
            .find(tenant, name)
            .filter(Device::isActive)
            .orElseThrow(() -> unusable("device_id", "no active device \"" + name + "\""));
    Object body;
    try {
      body = json.readValue(exchange.getMessage().getBody(byte[].class), Object.class);
    } catch (JsonProcessingException e) {
      throw unusable("body", "is not JSON");
    }
    if (!(body instanceof Map<?, ?> said)) {
      throw unusable("body", "expected an object");
    }
    record(device, said);
  }

  /**
   * Records what a device says.
   *
   * @throws UnusableMessageException naming the field at fault
   */
  public void record(Device device, Map<?, ?> body) {
    if (!(body.get(FIELD) instanceof Map<?, ?> alarms)) {
      throw unusable(FIELD, "expected an object");
    }
    String source = text(alarms, FIELD + ".source", "source", 40);
    if (!source.matches("[a-z0-9][a-z0-9-]*")) {
      throw unusable(
          FIELD + ".source", "expected a protocol such as bacnet, got \"" + source + "\"");
    }
    if (body.get("timestamp") == null) {
      throw unusable("timestamp", "absent: expected ISO 8601 such as 2026-01-31T12:00:00Z");
    }
    Instant at = timestamps.read(body.get("timestamp"), "timestamp", Instant.EPOCH);
    List<Condition> active = new ArrayList<>();
    for (Object alarm : list(alarms, "active")) {
      active.add(condition(FIELD + ".active[" + active.size() + "]", alarm));
    }
    List<String> cleared = new ArrayList<>();
    for (Object code : list(alarms, "cleared")) {
      cleared.add(String.valueOf(code));
    }
    Said said = new Said(device, active, cleared, Boolean.TRUE.equals(alarms.get("whole")));
    TenantScope.run(device.tenant(), () -> events.at(at, "alarm:" + source, List.of(said)));
  }

  private static Condition condition(String field, Object told) {
    if (!(told instanceof Map<?, ?> alarm)) {
      throw unusable(field, "expected an object");
    }
    String code = text(alarm, field + ".code", "code", 100);
    if (code.isBlank()) {
      throw unusable(field + ".code", "absent");
    }
    String severity = text(alarm, field + ".severity", "severity", 20).toLowerCase(Locale.ROOT);
    severity = SEVERITIES.contains(severity) ? severity : "medium";
    String message = text(alarm, field + ".message", "message", 500);
    return new Condition(
        code,
        TYPE_OF.getOrDefault(severity, "warning"),
        severity,
        message.isBlank() ? code : message,
        "",
        null,
        details(alarm));
  }

  private static Map<String, Object> details(Map<?, ?> alarm) {
    Map<String, Object> details = new LinkedHashMap<>();
    alarm.forEach(
        (name, value) -> {
          if (!OWN.contains(String.valueOf(name)) && details.size() < DETAILS_MOST) {
            Object plain =
                value instanceof Number || value instanceof Boolean
                    ? value
                    : clipped(String.valueOf(value), 500);
            details.put(clipped(String.valueOf(name), 50), plain);
          }
        });
    return details;
  }

  private static List<?> list(Map<?, ?> alarms, String name) {
    Object value = alarms.get(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || list.size() > MOST) {
      throw unusable(FIELD + "." + name, "expected a list of " + MOST + " at most");
    }
    return list;
  }

  private static String text(Map<?, ?> from, String field, String name, int most) {
    @Nullable Object value = from.get(name);
    if (value instanceof Map || value instanceof List) {
      throw unusable(field, "expected a text");
    }
    return value == null ? "" : clipped(String.valueOf(value), most);
  }

  private static String clipped(String text, int most) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() > most ? plain.substring(0, most) : plain;
  }

  private static UnusableMessageException unusable(String field, String reason) {
    return new UnusableMessageException(field, reason);
  }
}
