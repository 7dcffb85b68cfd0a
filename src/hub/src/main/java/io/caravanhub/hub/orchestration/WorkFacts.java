package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.event.RecordedEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Gathers what an FSM may want to know about an action: the action, the event, its device and
 * asset. Kept with the action, so that every attempt renders the same order.
 */
@Component
public class WorkFacts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;
  private final String publicUrl;

  public WorkFacts(
      JdbcClient jdbc,
      @Value("${hub.public.url:http://127.0.0.1:${hub.http.port:8080}}") String publicUrl) {
    this.jdbc = jdbc;
    this.publicUrl = publicUrl;
  }

  /** The facts as JSON. */
  String of(RecordedEvent event, Policy policy, String externalIdentifier) {
    String known =
        jdbc.sql(
                """
                select jsonb_build_object(
                  'event', jsonb_build_object('id', e.id, 'type', e.event_type,
                    'severity', e.severity, 'family', e.family, 'rule', e.rule_id,
                    'message', e.message, 'metric', e.metric, 'value', e.value, 'unit', e.unit,
                    'threshold', e.threshold, 'openedAt', e.opened_at) || e.evidence,
                  'device', jsonb_build_object('id', d.id, 'serial', d.serial,
                    'type', d.device_type, 'manufacturer', d.manufacturer, 'model', d.model,
                    'location', d.installation_location, 'building', d.building_id),
                  'asset', jsonb_build_object('id', coalesce(a.id, e.asset_id, d.id::text),
                    'name', coalesce(a.name, d.serial), 'location',
                    coalesce(nullif(a.location, ''), d.installation_location),
                    'customer', coalesce(a.customer, '')))::text
                  from events e
                  join devices d on d.id = e.device_id
                  left join assets a on a.tenant_id = e.tenant_id and a.id = e.asset_id
                 where e.id = :id
                """)
            .param("id", event.id())
            .query(String.class)
            .single();
    try {
      ObjectNode facts = (ObjectNode) JSON.readTree(known);
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      Policy.Then then = policy.then();
      facts
          .putObject("action")
          .put("kind", then.kind())
          .put("externalIdentifier", externalIdentifier)
          .put("priority", then.priority())
          .put("workType", then.workType())
          .put("policy", policy.id())
          .put("requestedStart", now.plus(then.startWithin()).toString())
          .put("requestedCompletion", now.plus(then.completeWithin()).toString());
      facts.put("link", publicUrl + "/events/" + event.id());
      return facts.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }
}
