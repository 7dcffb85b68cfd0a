package io.caravanhub.hub.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleOutcome;
import io.caravanhub.core.rule.Severity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What led to an event, made anew of its row: for events that are acted on later. Thread-safe. */
final class StoredDetections {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;

  StoredDetections(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Detection> of(UUID event) {
    return jdbc.sql(
            """
            select e.tenant_id, e.device_id::text as device, d.serial, d.device_type, d.manufacturer, d.model, e.asset_id,
                   e.rule_id, e.family, e.event_type, e.severity, e.message, e.metric, e.value, e.unit, e.threshold,
                   e.evidence::text as evidence, e.opened_at, e.last_seen_at,
                   coalesce(a.customer, '') as customer, coalesce(nullif(a.location, ''), d.installation_location) as location,
                   coalesce(a.metadata ->> 'sla_tier', d.metadata ->> 'sla_tier', '') as sla_tier,
                   case when e.asset_id is null then '{}' else array(select l.id from asset_lineage(e.asset_id) l(id)) end as lineage
              from events e join devices d on d.id = e.device_id
              left join assets a on a.tenant_id = e.tenant_id and a.id = e.asset_id
             where e.id = ?
            """)
        .params(event)
        .query(StoredDetections::detection)
        .optional();
  }

  private static Detection detection(ResultSet row, int number) throws SQLException {
    JsonNode evidence;
    try {
      evidence = JSON.readTree(row.getString("evidence"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
    RuleOutcome outcome =
        new RuleOutcome(
            EventType.valueOf(row.getString("event_type").toUpperCase(Locale.ROOT)),
            Severity.valueOf(row.getString("severity").toUpperCase(Locale.ROOT)),
            row.getString("family"),
            row.getString("message"),
            evidence.path("action").asText(""),
            evidence.path("failureModeCode").asText(null),
            parts(evidence.path("parts")));
    RuleDevice device =
        new RuleDevice(
            row.getString("tenant_id"),
            row.getString("device"),
            row.getString("serial"),
            row.getString("device_type"),
            row.getString("manufacturer"),
            row.getString("model"),
            row.getString("asset_id"),
            List.of((String[]) row.getArray("lineage").getArray()),
            new RuleDevice.Place(
                row.getString("customer"), row.getString("location"), row.getString("sla_tier")));
    Finding finding =
        new Finding(
            row.getString("metric"),
            number(row, "value"),
            number(row, "threshold"),
            row.getString("unit"),
            judgement(evidence.path("detector")));
    return new Detection(
        Detection.Kind.RAISE,
        device,
        Rule.ofOthers(row.getString("rule_id"), outcome),
        row.getTimestamp("opened_at").toInstant(),
        row.getTimestamp("last_seen_at").toInstant(),
        finding);
  }

  private static List<RuleOutcome.Part> parts(JsonNode told) {
    List<RuleOutcome.Part> parts = new ArrayList<>();
    told.forEach(
        part ->
            parts.add(
                new RuleOutcome.Part(
                    part.path("number").asText(""),
                    part.path("name").asText(""),
                    part.path("quantity").asInt(1))));
    return parts;
  }

  private static io.caravanhub.core.detect.@Nullable Detection judgement(JsonNode told) {
    return told.isMissingNode()
        ? null
        : new io.caravanhub.core.detect.Detection(
            told.path("score").asDouble(),
            true,
            told.path("expectedLow").asDouble(Double.NaN),
            told.path("expectedHigh").asDouble(Double.NaN),
            told.path("confidence").asDouble(),
            told.path("reason").asText(""));
  }

  private static double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? Double.NaN : value;
  }
}
