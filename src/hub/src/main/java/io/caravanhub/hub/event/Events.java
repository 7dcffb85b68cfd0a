package io.caravanhub.hub.event;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The events of the thread's tenant, for people: lists, acknowledging, dismissing, shelving. */
@Component("events")
public class Events {
  private static final String SELECT =
      """
      select e.id, e.device_id, d.serial, e.asset_id, e.rule_id, e.family, e.event_type, e.severity,
             e.status, e.metric, e.value, e.unit, e.threshold, e.message, e.evidence::text as evidence,
             e.opened_at, e.last_seen_at, e.resolved_at, e.shelved_until
        from events e join devices d on d.id = e.device_id
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  public Events(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * A page of events, newest first.
   *
   * @throws IllegalArgumentException when limit or cursor is not usable
   */
  public EventPage list(EventQuery query) {
    if (query.limit() < 1 || query.limit() > 500) {
      throw new IllegalArgumentException("limit: expected 1 to 500, got " + query.limit());
    }
    Position after = Position.parse(query.cursor());
    List<EventView> found =
        jdbc.sql(
                SELECT
                    + """
                       where (cast(:status as text) is null or e.status = :status)
                         and (cast(:device as uuid) is null or e.device_id = :device)
                         and (cast(:asset as text) is null or e.asset_id = :asset)
                         and (cast(:ts as timestamptz) is null or (e.opened_at, e.id) < (:ts, :id))
                       order by e.opened_at desc, e.id desc limit :limit
                      """)
            .param("status", query.status())
            .param("device", query.device())
            .param("asset", query.asset())
            .param("ts", after == null ? null : Timestamp.from(after.openedAt()))
            .param("id", after == null ? null : after.id())
            .param("limit", query.limit() + 1)
            .query(Events::view)
            .list();
    if (found.size() <= query.limit()) {
      return new EventPage(found, null);
    }
    List<EventView> items = found.subList(0, query.limit());
    EventView last = items.get(items.size() - 1);
    return new EventPage(items, new Position(last.openedAt(), last.id()).text());
  }

  /** One event. */
  public Optional<EventView> find(UUID id) {
    return jdbc.sql(SELECT + " where e.id = :id").param("id", id).query(Events::view).optional();
  }

  /** Somebody has seen it. */
  public EventView acknowledge(UUID id, String actor) {
    return change(
        id, actor, "acknowledge", null, "status = 'acknowledged'", "status = 'open'", null);
  }

  /** It is none: it stays silent until its condition has cleared and comes back. */
  public EventView dismiss(UUID id, String actor, @Nullable String reason) {
    return change(
        id,
        actor,
        "dismiss",
        reason,
        "status = 'dismissed'",
        "status in ('open', 'acknowledged')",
        null);
  }

  /** Until then, events of its rule on its device call for no action. */
  public EventView shelve(UUID id, String actor, Instant until, @Nullable String reason) {
    if (!until.isAfter(Instant.now())) {
      throw new IllegalArgumentException("until: expected a time to come, got " + until);
    }
    return change(
        id,
        actor,
        "shelve",
        reason,
        "shelved_until = :until, status = case status when 'open' then 'acknowledged' else status end",
        "status in ('open', 'acknowledged', 'linked_to_work_order')",
        until);
  }

  private EventView change(
      UUID id,
      String actor,
      String verb,
      @Nullable String reason,
      String set,
      String allowed,
      @Nullable Instant until) {
    return java.util.Objects.requireNonNull(
        transaction.execute(
            status -> {
              EventView before =
                  find(id).orElseThrow(() -> new EventStateException("no event " + id, true));
              JdbcClient.StatementSpec update =
                  jdbc.sql("update events set " + set + " where id = :id and " + allowed)
                      .param("id", id);
              if (until != null) {
                update = update.param("until", Timestamp.from(until));
              }
              if (update.update() == 0) {
                throw new EventStateException(
                    "an event that is " + before.status() + " cannot be told to " + verb, false);
              }
              audit(id, actor, verb, before.status(), reason);
              return find(id).orElseThrow();
            }));
  }

  private void audit(UUID id, String actor, String verb, String was, @Nullable String reason) {
    jdbc.sql(
            """
            insert into audit (tenant_id, actor, verb, subject, before, after)
            values (hub_tenant(), :actor, :verb, :subject, jsonb_build_object('status', :was::text),
                    jsonb_build_object('reason', :reason::text))
            """)
        .param("actor", actor)
        .param("verb", verb)
        .param("subject", "event/" + id)
        .param("was", was)
        .param("reason", reason)
        .update();
  }

  private static EventView view(ResultSet row, int number) throws SQLException {
    return new EventView(
        row.getObject("id", UUID.class),
        row.getObject("device_id", UUID.class),
        row.getString("serial"),
        row.getString("asset_id"),
        row.getString("rule_id"),
        row.getString("family"),
        row.getString("event_type"),
        row.getString("severity"),
        row.getString("status"),
        row.getString("metric"),
        row.getObject("value", Double.class),
        row.getString("unit"),
        row.getObject("threshold", Double.class),
        row.getString("message"),
        row.getString("evidence"),
        row.getTimestamp("opened_at").toInstant(),
        row.getTimestamp("last_seen_at").toInstant(),
        instant(row.getTimestamp("resolved_at")),
        instant(row.getTimestamp("shelved_until")));
  }

  private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
    return timestamp == null ? null : timestamp.toInstant();
  }

  private record Position(Instant openedAt, UUID id) {
    static @Nullable Position parse(@Nullable String cursor) {
      if (cursor == null) {
        return null;
      }
      try {
        String[] parts =
            new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
        return new Position(Instant.parse(parts[0]), UUID.fromString(parts[1]));
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("cursor: not one that a list has given", e);
      }
    }

    String text() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((openedAt + " " + id).getBytes(StandardCharsets.UTF_8));
    }
  }
}
