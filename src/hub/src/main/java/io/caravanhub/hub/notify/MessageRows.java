package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes the outbox of messages, in the transaction of whoever calls. Thread-safe. */
@Component
class MessageRows {
  private final JdbcClient jdbc;

  /**
   * A message to be written.
   *
   * @param lane the channel or, of a webhook, the subscription
   * @param name of the template or of what happened
   * @param key the same message twice has the same
   * @param state PLANNED, HELD or SUPPRESSED
   * @param reason for a state that is not PLANNED
   * @param at when it is due
   */
  record Draft(
      String kind,
      UUID lane,
      @Nullable UUID recipient,
      @Nullable UUID event,
      String name,
      String act,
      @Nullable String audience,
      int step,
      String address,
      boolean urgent,
      JsonNode facts,
      String key,
      String state,
      @Nullable String reason,
      Instant at) {}

  MessageRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Its id; empty when it has been planned before. */
  Optional<UUID> plan(Draft draft) {
    boolean webhook = draft.kind().equals("webhook");
    return jdbc.sql(
            """
            insert into messages (tenant_id, kind, channel_id, subscription_id, recipient_id, event_id, name, act, audience, step, address,
                                  urgent, facts, dedup_key, state, reason, next_attempt_at, expires_at)
            values (hub_tenant(), :kind, :channel, :subscription, :recipient, :event, :name, :act, :audience, :step, :address,
                    :urgent, cast(:facts as jsonb), :key, :state, :reason, :at, greatest(now(), :at) + :life * interval '1 hour')
            on conflict (tenant_id, dedup_key) do nothing returning id\
            """)
        .param("kind", draft.kind())
        .param("channel", webhook ? null : draft.lane())
        .param("subscription", webhook ? draft.lane() : null)
        .param("recipient", draft.recipient())
        .param("event", draft.event())
        .param("name", draft.name())
        .param("act", draft.act())
        .param("audience", draft.audience())
        .param("step", draft.step())
        .param("address", draft.address())
        .param("urgent", draft.urgent())
        .param("facts", draft.facts().toString())
        .param("key", draft.key())
        .param("state", draft.state())
        .param("reason", draft.reason())
        .param("at", Timestamp.from(draft.at()))
        .param("life", webhook ? 28 : 24)
        .query(UUID.class)
        .optional();
  }

  /**
   * Who is written to where.
   *
   * @param recipient null for a channel that is one place
   */
  record Slot(UUID channel, @Nullable UUID recipient) {}

  /**
   * What has gone there of late.
   *
   * @param first the oldest of it
   */
  record Load(int count, Instant first) {}

  /** What has gone to these channels and, over any, to these recipients within the window. */
  Map<Slot, Load> loads(List<UUID> channels, List<UUID> recipients, long windowSeconds) {
    Map<Slot, Load> loads = new HashMap<>();
    jdbc.sql(
            """
            select channel_id, recipient_id, count(*), min(created_at)
              from (select channel_id, recipient_id, created_at, state from messages
                     where recipient_id = any(cast(:recipients as uuid[]))
                       and channel_id is not null and created_at > now() - :window * interval '1 second'
                    union all
                    select channel_id, recipient_id, created_at, state from messages
                     where recipient_id is null and channel_id = any(cast(:channels as uuid[]))
                       and created_at > now() - :window * interval '1 second') late
             where state in ('PLANNED', 'SENDING', 'SENT') group by channel_id, recipient_id\
            """)
        .param("recipients", array(recipients))
        .param("channels", array(channels))
        .param("window", windowSeconds)
        .query(
            row -> {
              loads.put(
                  new Slot(row.getObject(1, UUID.class), row.getObject(2, UUID.class)),
                  new Load(row.getInt(3), row.getTimestamp(4).toInstant()));
            });
    return loads;
  }

  private static String array(List<UUID> ids) {
    return ids.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
  }
}
