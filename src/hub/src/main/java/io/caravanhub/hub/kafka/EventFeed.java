package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.database.TenantScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultMessage;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends to {@code hub.events} what triggers of the database have noted of events, in its order and
 * at least once: a row is deleted when Kafka has it. One hub at a time does it for a tenant.
 * Thread-safe.
 */
@Component("eventFeed")
public class EventFeed {
  private static final int MOST = 200;

  /** Triggers go by a switch that is younger than three days. */
  private static final long SWITCH_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final CamelContext camel;
  private final KafkaState state;
  private final Stage topic = new Stage("direct:kafka.send-events");
  private volatile long switchedAt;

  private record Note(long id, String key, String value) {}

  EventFeed(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      CamelContext camel,
      KafkaState state) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.camel = camel;
    this.state = state;
  }

  /** Sends all that waits, unless Kafka is away. */
  public void tell() {
    long now = System.nanoTime();
    if (switchedAt == 0 || now - switchedAt > SWITCH_NANOS) {
      jdbc.sql(
              "insert into event_feed_switch default values on conflict (wanted) do update set wanted_at = now()")
          .update();
      switchedAt = now;
    }
    if (state.reason() != null) {
      return;
    }
    for (String tenant : jdbc.sql("select tenants_with_event_feed()").query(String.class).list()) {
      TenantScope.run(tenant, () -> tell(tenant));
    }
  }

  private void tell(String tenant) {
    while (Boolean.TRUE.equals(transaction.execute(status -> tellSome(tenant)))) {
      continue;
    }
  }

  /** Whether there may be more. */
  private boolean tellSome(String tenant) {
    if (!jdbc.sql("select pg_try_advisory_xact_lock(hashtext('event_feed'), hashtext(?))")
        .param(tenant)
        .query(Boolean.class)
        .single()) {
      return false;
    }
    List<Note> notes =
        jdbc.sql(
                """
                select id, tenant_id || '/' || device_id,
                       (jsonb_build_object('sequence', id, 'tenant', tenant_id, 'change', change, 'at', at) || facts)::text
                  from event_feed where tenant_id = hub_tenant() order by id limit ?\
                """)
            .param(MOST)
            .query((row, n) -> new Note(row.getLong(1), row.getString(2), row.getString(3)))
            .list();
    if (notes.isEmpty()) {
      return false;
    }
    send(tenant, notes);
    jdbc.sql("delete from event_feed where id = any(?)")
        .param(notes.stream().map(Note::id).toArray(Long[]::new))
        .update();
    return notes.size() == MOST;
  }

  private void send(String tenant, List<Note> notes) {
    Exchange exchange = new DefaultExchange(camel);
    List<Message> records = new ArrayList<>(notes.size());
    for (Note note : notes) {
      Message record = new DefaultMessage(exchange);
      record.setBody(note.value);
      record.setHeader(KafkaConstants.KEY, note.key);
      record.setHeader(TelemetryHeaders.TENANT, tenant);
      record.setHeader(KafkaTopics.SCHEMA, KafkaTopics.EVENTS_SCHEMA);
      records.add(record);
    }
    exchange.getMessage().setBody(records);
    topic.sendAndWait(exchange);
  }
}
