package io.caravanhub.hub.console;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Events of the tenant in force. */
@Component
class EventList {
  static final String OPEN = "('open','acknowledged','linked_to_work_order')";
  private static final String RANK = Severity.RANK_SQL.formatted("e.severity");
  static final String COLUMNS =
      """
      e.id, e.severity, e.status, e.event_type, e.message, e.device_id, d.serial, coalesce(s.name, d.serial) as asset,
             e.metric, e.value, e.unit, e.threshold, e.opened_at, e.resolved_at, o.kind, o.state, o.fsm_id
      """;
  static final String FROM =
      """
        from events e
        join devices d on d.id = e.device_id
        left join assets s on s.tenant_id = e.tenant_id and s.id = e.asset_id
        left join lateral (select a.kind, a.state, a.fsm_id from actions a
                            where a.id in (select own.id from actions own where own.event_id = e.id
                                            union select l.action_id from event_actions l where l.event_id = e.id)
                            order by (a.kind = 'work_order') desc, a.created_at limit 1) o on true
      """;

  private static final String SELECT = "select " + COLUMNS + FROM;

  private final JdbcClient jdbc;

  EventList(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * How many are open and how many of them are critical.
   *
   * @param open all that are not resolved or dismissed
   * @param critical those of severity critical
   */
  record Count(int open, int critical) {}

  Count count() {
    return jdbc.sql(
            "select count(*), count(*) filter (where severity = 'critical') from events where status in "
                + OPEN)
        .query((row, n) -> new Count(row.getInt(1), row.getInt(2)))
        .single();
  }

  /** Open ones, the worst first and of those the newest. */
  List<EventLine> open(int limit) {
    return jdbc.sql(
            SELECT
                + " where e.status in "
                + OPEN
                + " order by "
                + RANK
                + " desc, e.opened_at desc limit :limit")
        .param("limit", limit)
        .query(EventList::line)
        .list();
  }

  Optional<EventLine> find(String id) {
    return jdbc.sql(SELECT + " where e.id = cast(:id as uuid)")
        .param("id", id)
        .query(EventList::line)
        .optional();
  }

  /** Events of one device, newest first. */
  List<EventLine> ofDevice(String deviceId, int limit) {
    return jdbc.sql(
            SELECT
                + " where e.device_id = cast(:device as uuid) order by e.opened_at desc limit :limit")
        .param("device", deviceId)
        .param("limit", limit)
        .query(EventList::line)
        .list();
  }

  static EventLine line(ResultSet row, int n) throws SQLException {
    return new EventLine(
        row.getString("id"),
        Severity.of(row.getString("severity")),
        row.getString("status"),
        row.getString("event_type"),
        row.getString("message"),
        row.getString("device_id"),
        row.getString("serial"),
        row.getString("asset"),
        row.getString("metric"),
        number(row, "value"),
        row.getString("unit"),
        number(row, "threshold"),
        moment(row, "opened_at"),
        row.getObject("resolved_at") == null ? null : moment(row, "resolved_at"),
        row.getString("kind"),
        row.getString("state"),
        row.getString("fsm_id"));
  }

  private static @Nullable Double number(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? null : value;
  }

  static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
