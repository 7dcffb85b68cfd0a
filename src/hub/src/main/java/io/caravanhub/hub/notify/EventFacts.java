package io.caravanhub.hub.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What messages tell of an event, gathered when they are planned, so that every attempt tells the
 * same. Thread-safe.
 */
@Component
class EventFacts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;
  private final String publicUrl;

  EventFacts(
      JdbcClient jdbc,
      @Value("${hub.public.url:http://127.0.0.1:${hub.http.port:8080}}") String publicUrl) {
    this.jdbc = jdbc;
    this.publicUrl = publicUrl;
  }

  String publicUrl() {
    return publicUrl;
  }

  /**
   * The facts; empty when there is no such event any more.
   *
   * @param action the order it is about, or null
   */
  Optional<ObjectNode> of(UUID event, @Nullable UUID action) {
    return jdbc.sql(
            """
            select jsonb_build_object(
              'event', jsonb_build_object('id', e.id, 'type', e.event_type, 'severity', e.severity, 'status', e.status,
                'family', e.family, 'suppressed', e.suppressed, 'raises', e.raises, 'rule', e.rule_id, 'message', e.message, 'metric', e.metric, 'value', e.value, 'unit', e.unit,
                'threshold', e.threshold, 'opened_at', e.opened_at, 'cleared_at', e.resolved_at,
                'action', e.evidence ->> 'action', 'confidence', e.evidence #> '{detector,confidence}',
                'detector', e.evidence -> 'detector'),
              'device', jsonb_build_object('id', d.id, 'serial', d.serial, 'type', d.device_type, 'manufacturer', d.manufacturer,
                'model', d.model),
              'asset', jsonb_build_object('id', coalesce(a.id, e.asset_id, d.id::text), 'name', coalesce(a.name, d.serial),
                'location', coalesce(nullif(a.location, ''), d.installation_location), 'customer', coalesce(a.customer, '')),
              'work_order', (select jsonb_build_object('id', w.id, 'kind', w.kind, 'state', w.state, 'fsm_id', w.fsm_id,
                  'external_identifier', w.external_identifier) from actions w where w.id = cast(:action as uuid)))::text
              from events e
              join devices d on d.id = e.device_id
              left join assets a on a.tenant_id = e.tenant_id and a.id = e.asset_id
             where e.id = :event\
            """)
        .param("event", event)
        .param("action", action)
        .query(String.class)
        .optional()
        .map(EventFacts::read)
        .map(facts -> facts.put("link", publicUrl + "/events/" + event));
  }

  static ObjectNode read(String json) {
    try {
      return (ObjectNode) JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }
}
