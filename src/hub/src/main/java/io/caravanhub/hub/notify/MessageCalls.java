package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The calls of the API for messages and webhooks, sent and not sent. Thread-safe. */
@Component("messageCalls")
public class MessageCalls {
  private static final List<String> STATES =
      List.of("PLANNED", "HELD", "SENDING", "SENT", "DEAD", "SUPPRESSED");
  private static final String SELECT =
      """
      select m.id, m.kind, m.state, m.reason, m.name, m.act, m.audience, m.step, m.urgent, m.event_id, m.channel_id,
             c.name as channel, m.subscription_id, m.recipient_id, r.name as recipient, m.address, m.attempts,
             case when m.state in ('PLANNED', 'HELD') then m.next_attempt_at end as next_attempt_at, m.last_error, m.last_status,
             m.provider_id, m.digest_id, m.created_at, m.sent_at
        from messages m left join notification_channels c on c.id = m.channel_id left join recipients r on r.id = m.recipient_id \
      """;

  private final JdbcClient jdbc;
  private final MessageBell bell;
  private final Audit audit;

  MessageCalls(JdbcClient jdbc, MessageBell bell, Audit audit) {
    this.jdbc = jdbc;
    this.bell = bell;
    this.audit = audit;
  }

  /** {@code GET /messages}, newest first. */
  public Page<Map<String, Object>> list(
      @Header("state") @Nullable String state,
      @Header("event") @Nullable String event,
      @Header("channel") @Nullable String channel,
      @Header("subscription") @Nullable String subscription,
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor) {
    if (state != null && !STATES.contains(state)) {
      throw ProblemException.badField("state", "expected one of " + String.join(", ", STATES));
    }
    int size = Math.min(500, Page.limit(limit));
    return Page.of(
        jdbc
            .sql(
                SELECT
                    + """
                    where (:state::text is null or m.state = :state) and (:event::uuid is null or m.event_id = :event::uuid)
                      and (:lane::uuid is null or m.lane = :lane::uuid)
                      and (:after::text is null or (m.created_at, m.id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                    order by m.created_at desc, m.id desc limit :limit\
                    """)
            .param("state", state)
            .param("event", event == null ? null : Ids.key("event", event))
            .param("lane", lane(channel, subscription))
            .param("after", Page.position(cursor))
            .param("limit", size + 1)
            .query()
            .listOfRows()
            .stream()
            .map(Rows::plain)
            .toList(),
        size,
        row -> row.get("created_at") + " " + row.get("id"));
  }

  private static @Nullable UUID lane(@Nullable String channel, @Nullable String subscription) {
    if (channel != null) {
      return Ids.key("notification channel", channel);
    }
    return subscription == null ? null : Ids.key("webhook subscription", subscription);
  }

  /** {@code GET /messages/{m}}, with the facts it tells. */
  public Map<String, Object> get(@Header("messageId") String id) {
    Map<String, Object> row =
        jdbc
            .sql(SELECT + "where m.id = ?")
            .params(Ids.key("message", id))
            .query()
            .listOfRows()
            .stream()
            .map(Rows::plain)
            .findFirst()
            .orElseThrow(() -> ProblemException.notFound("message", id));
    row.put(
        "facts",
        EventFacts.read(
            jdbc.sql("select facts::text from messages where id = ?")
                .params(Ids.key("message", id))
                .query(String.class)
                .single()));
    return row;
  }

  /**
   * {@code POST /messages/{m}/retry}: now; what has been sent goes out once more, a webhook under
   * the id it had.
   */
  @Transactional
  public Map<String, Object> retry(@Header("messageId") String id) {
    Map<String, Object> before = get(id);
    int again =
        jdbc.sql(
                """
                update messages set state = 'PLANNED', next_attempt_at = now(), expires_at = now() + interval '1 day', unsure = 0,
                       reason = null, updated_at = now()
                 where id = ? and state <> 'SENDING'\
                """)
            .params(Ids.key("message", id))
            .update();
    if (again == 0) {
      throw ProblemException.conflict("state", "the message is on its way");
    }
    audit.record(
        "message.retry",
        "message:" + id,
        Map.of("state", String.valueOf(before.get("state"))),
        null);
    bell.ring();
    return get(id);
  }
}
