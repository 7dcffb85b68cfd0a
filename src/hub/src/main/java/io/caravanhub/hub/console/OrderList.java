package io.caravanhub.hub.console;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Actions of the tenant in force: work orders first of all. */
@Component
class OrderList {
  private static final String SELECT =
      """
      select a.id, a.kind, coalesce(a.payload ->> 'title', a.payload ->> 'subject', e.message) as title,
             coalesce(s.name, d.serial) as asset, e.device_id,
             coalesce((substring(a.payload #>> '{action,priority}' from '^[1-5]$'))::int, 0) as priority,
             a.state, a.attempts, a.fsm_id, a.last_error, a.created_at
        from actions a
        join events e on e.id = a.event_id
        join devices d on d.id = e.device_id
        left join assets s on s.tenant_id = e.tenant_id and s.id = e.asset_id
      """;

  private final JdbcClient jdbc;

  OrderList(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Today is the UTC day.
   *
   * @param today work orders planned today
   * @param waiting actions of any kind and day that have not reached the FSM system
   */
  record Count(int today, int waiting) {}

  Count count() {
    return jdbc.sql(
            """
            select count(*) filter (where kind = 'work_order' and created_at >= date_trunc('day', now(), 'UTC')),
                   count(*) filter (where state in ('PLANNED','SENDING','UNKNOWN','DEAD'))
              from actions
             where created_at >= date_trunc('day', now(), 'UTC') or state in ('PLANNED','SENDING','UNKNOWN','DEAD')
            """)
        .query((row, n) -> new Count(row.getInt(1), row.getInt(2)))
        .single();
  }

  /**
   * A page of them, newest first.
   *
   * @param state of the outbox, or empty for all
   * @param kind or empty for all
   * @param cursor of an earlier page; one that none has given is taken for none
   */
  Page<OrderLine> page(String state, String kind, @Nullable String cursor, int limit) {
    Position after = Position.of(cursor);
    List<OrderLine> found =
        jdbc.sql(
                SELECT
                    + """
                   where (:state = '' or a.state = :state) and (:kind = '' or a.kind = :kind)
                     and (cast(:ts as timestamptz) is null or (a.created_at, a.id) < (:ts, cast(:key as uuid)))
                   order by a.created_at desc, a.id desc limit :limit\
                  """)
            .param("state", state)
            .param("kind", kind)
            .param("ts", after == null ? null : Timestamp.from(after.at()))
            .param("key", after == null ? null : after.id().toString())
            .param("limit", limit + 1)
            .query(OrderList::line)
            .list();
    return Page.of(found, limit, line -> line.createdAt() + " " + line.id());
  }

  /** Where a page ends. */
  private record Position(Instant at, UUID id) {
    static @Nullable Position of(@Nullable String cursor) {
      try {
        String[] parts = String.valueOf(Page.position(cursor)).split(" ", 2);
        return parts.length < 2
            ? null
            : new Position(Instant.parse(parts[0]), UUID.fromString(parts[1]));
      } catch (ProblemException | DateTimeException | IllegalArgumentException e) {
        return null;
      }
    }
  }

  /** How many there are of each state and kind: keys are {@code <state> <kind>}. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    jdbc.sql("select state || ' ' || kind, count(*) from actions group by state, kind")
        .query((row, n) -> counts.put(row.getString(1), row.getLong(2)))
        .list();
    return counts;
  }

  /** One of them. */
  Optional<OrderLine> find(String id) {
    return jdbc.sql(SELECT + " where a.id = cast(:id as uuid)")
        .param("id", id)
        .query(OrderList::line)
        .optional();
  }

  /** Newest first. */
  List<OrderLine> newest(int limit) {
    return jdbc.sql(SELECT + " order by a.created_at desc limit :limit")
        .param("limit", limit)
        .query(OrderList::line)
        .list();
  }

  /** The newest that have not arrived and have failed, or were refused. */
  List<OrderLine> failing(int limit) {
    return jdbc.sql(
            SELECT
                + """
                   where a.last_error is not null and a.state in ('PLANNED', 'SENDING', 'UNKNOWN', 'HELD', 'DEAD')
                   order by a.updated_at desc limit :limit\
                  """)
        .param("limit", limit)
        .query(OrderList::line)
        .list();
  }

  /** Those that came of one device's events, newest first. */
  List<OrderLine> ofDevice(String deviceId, int limit) {
    return jdbc.sql(
            SELECT
                + " where e.device_id = cast(:device as uuid) order by a.created_at desc limit :limit")
        .param("device", deviceId)
        .param("limit", limit)
        .query(OrderList::line)
        .list();
  }

  /** Those that look after an event: its own, and those it joined. */
  List<OrderLine> ofEvent(String eventId) {
    return jdbc.sql(
            SELECT
                + """
                 where a.id in (select own.id from actions own where own.event_id = cast(:event as uuid)
                                 union select l.action_id from event_actions l where l.event_id = cast(:event as uuid))
                 order by a.created_at
                """)
        .param("event", eventId)
        .query(OrderList::line)
        .list();
  }

  private static OrderLine line(ResultSet row, int n) throws SQLException {
    return new OrderLine(
        row.getString("id"),
        row.getString("kind"),
        row.getString("title"),
        row.getString("asset"),
        row.getString("device_id"),
        row.getInt("priority"),
        row.getString("state"),
        row.getInt("attempts"),
        row.getString("fsm_id"),
        row.getString("last_error"),
        EventList.moment(row, "created_at"));
  }
}
