package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.hub.event.StandingEvents;
import io.caravanhub.hub.event.StandingEvents.Condition;
import io.caravanhub.hub.event.StandingEvents.Said;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Faults that devices' own clouds name, as events: one a device and code, open while the cloud
 * names it. Thread-safe.
 */
@Component
class FaultLog {
  private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
  private static final String SEVERITIES = "low|medium|high|critical";
  private static final String TYPES = "warning|maintenance_due|likely_failure|critical_fault";
  private static final Map<String, String> TYPE_OF =
      Map.of("critical", "critical_fault", "high", "likely_failure");

  private final ConnectorMapping mappings;
  private final FaultTables tables;
  private final DeviceDirectory directory;
  private final StandingEvents events;

  FaultLog(
      ConnectorMapping mappings,
      FaultTables tables,
      DeviceDirectory directory,
      StandingEvents events) {
    this.mappings = mappings;
    this.tables = tables;
    this.directory = directory;
    this.events = events;
  }

  /**
   * Notes the faults of each device in an answer, and the end of those it names no more.
   *
   * @param whole whether an answer without {@code faults} says that there are none; a message that
   *     is pushed says nothing then
   */
  void saw(String tenant, String oem, String mapping, List<Part> parts, boolean whole) {
    Map<String, Said> said = new LinkedHashMap<>();
    for (Part part : parts) {
      try {
        JsonNode told = mappings.apply(tenant, mapping, part);
        if (!whole && !told.has("faults") && !told.has("cleared")) {
          continue;
        }
        String serial = told.path("device").asText(part.device());
        Optional<Device> device = directory.find(tenant, serial).filter(Device::isActive);
        device.ifPresent(
            known ->
                said.merge(
                    serial,
                    new Said(
                        known,
                        faults(oem, told),
                        texts(told.path("cleared")),
                        (whole || told.has("faults")) && !told.path("partial").asBoolean(false)),
                    // What a cloud lists holds together; what is pushed, one after the other.
                    whole ? Said::and : Said::then));
      } catch (MappingException e) {
        LOG.warn("faults of {}: {}", oem, e.getMessage());
      }
    }
    events.now("fault:" + oem, List.copyOf(said.values()));
  }

  private List<Condition> faults(String oem, JsonNode told) {
    List<Condition> faults = new ArrayList<>();
    JsonNode named = told.path("faults");
    // JSONata makes one object of a list of one.
    for (JsonNode fault : named.isObject() ? List.of(named) : named) {
      String code = clipped(fault.path("code").asText(""), 100);
      if (code.isBlank()) {
        // Such as the empty object that JSONata makes of a filter over nothing.
        continue;
      }
      JsonNode row = tables.row(oem, code);
      String severity = either(fault, row, "severity", "medium");
      severity = severity.matches(SEVERITIES) ? severity : "medium";
      String type = either(fault, row, "type", TYPE_OF.getOrDefault(severity, "warning"));
      String mode = clipped(either(fault, row, "failure_mode", ""), 100);
      faults.add(
          new Condition(
              code,
              type.matches(TYPES) ? type : "warning",
              severity,
              clipped(either(fault, row, "text", "fault {code}").replace("{code}", code), 500),
              clipped(either(fault, row, "action", ""), 2_000),
              mode.isEmpty() ? null : mode));
    }
    return faults;
  }

  private static String either(JsonNode fault, JsonNode row, String field, String otherwise) {
    String said = fault.path(field).asText("");
    return said.isEmpty() ? row.path(field).asText(otherwise) : said;
  }

  private static String clipped(String text, int most) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() > most ? plain.substring(0, most) : plain;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    (list.isTextual() ? List.of(list) : list).forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
