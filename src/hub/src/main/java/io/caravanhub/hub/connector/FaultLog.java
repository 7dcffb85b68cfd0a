package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.mapping.MappingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Faults that devices' own clouds name, as events: one a device and code, open while the cloud
 * names it, resolved when it does not. Thread-safe.
 */
@Component
class FaultLog {
  private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
  private static final Map<String, String> TYPES =
      Map.of("critical", "critical_fault", "high", "likely_failure");

  private final ConnectorMapping mappings;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  FaultLog(ConnectorMapping mappings, JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.mappings = mappings;
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** A fault as the mapping gives it. */
  record Fault(String code, String severity, String text) {}

  /**
   * What a message says of a device's faults.
   *
   * @param about the codes that it speaks of; none when it speaks of all
   */
  record Told(List<Fault> faults, List<String> about) {}

  /** What a part says of faults; null when it says nothing of them. */
  @Nullable Told told(Connection connection, String mapping, Part part) {
    try {
      JsonNode said = mappings.apply(connection.tenant(), mapping, part);
      return said.has("faults")
          ? new Told(read(said), said.path("about").valueStream().map(JsonNode::asText).toList())
          : null;
    } catch (MappingException e) {
      LOG.warn("connection {}: {}", connection.name(), e.getMessage());
      return null;
    }
  }

  /** Notes the faults of a device, and the end of those that were spoken of and are not there. */
  void keep(Connection connection, String device, Told told) {
    transaction.executeWithoutResult(status -> keep(connection, device, told.faults, told.about));
  }

  /** Notes the faults of each device in an answer, and the end of those it names no more. */
  void saw(Connection connection, String mapping, List<Part> parts) {
    for (Part part : parts) {
      try {
        List<Fault> faults = read(mappings.apply(connection.tenant(), mapping, part));
        transaction.executeWithoutResult(
            status -> keep(connection, part.device(), faults, List.of()));
      } catch (MappingException e) {
        LOG.warn("connection {}: {}", connection.name(), e.getMessage());
      }
    }
  }

  static List<Fault> read(JsonNode said) {
    List<Fault> faults = new ArrayList<>();
    for (JsonNode fault : said.path("faults")) {
      String severity = fault.path("severity").asText("medium");
      faults.add(
          new Fault(
              fault.path("code").asText("unknown"),
              severity.matches("low|medium|high|critical") ? severity : "medium",
              fault.path("text").asText("")));
    }
    return faults;
  }

  private void keep(Connection connection, String serial, List<Fault> faults, List<String> about) {
    String family = "fault:" + connection.oem();
    List<UUID> devices =
        jdbc.sql("select id from devices where serial = ? and status <> 'unclaimed'")
            .params(serial)
            .query(UUID.class)
            .list();
    for (UUID device : devices) {
      for (Fault fault : faults) {
        keep(family, device, fault);
      }
      jdbc.sql(
              """
              update events set status = case when status in ('open', 'acknowledged') then 'resolved' else status end, resolved_at = now()
               where device_id = ? and family = ? and resolved_at is null and not rule_id = any (?::text[])
                 and (cardinality(?::text[]) = 0 or rule_id = any (?::text[]))\
              """)
          .params(
              device,
              family,
              faults.stream().map(f -> rule(family, f)).toArray(String[]::new),
              about.toArray(String[]::new),
              about.stream().map(code -> family + ":" + code).toArray(String[]::new))
          .update();
    }
  }

  private void keep(String family, UUID device, Fault fault) {
    int known =
        jdbc.sql(
                "update events set last_seen_at = now() where device_id = ? and rule_id = ? and resolved_at is null")
            .params(device, rule(family, fault))
            .update();
    if (known > 0) {
      return;
    }
    jdbc.sql(
            """
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, message, evidence, opened_at, last_seen_at)
            select hub_tenant(), gen_random_uuid()::text, d.id,
                   (select b.asset_id from bindings b where b.device_id = d.id and b.valid_to is null order by b.role <> 'primary', b.valid_from limit 1),
                   :rule, :family, :type, :severity, :message, jsonb_build_object('code', :code::text), now(), now()
              from devices d where d.id = :device\
            """)
        .param("rule", rule(family, fault))
        .param("family", family)
        .param("type", TYPES.getOrDefault(fault.severity(), "warning"))
        .param("severity", fault.severity())
        .param("message", fault.text().isEmpty() ? "fault " + fault.code() : fault.text())
        .param("code", fault.code())
        .param("device", device)
        .update();
  }

  private static String rule(String family, Fault fault) {
    return family + ":" + fault.code();
  }
}
