package io.caravanhub.hub.console;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
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

  /** Newest first. */
  List<OrderLine> newest(int limit) {
    return jdbc.sql(SELECT + " order by a.created_at desc limit :limit")
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

  /** Those that came of one event. */
  List<OrderLine> ofEvent(String eventId) {
    return jdbc.sql(SELECT + " where a.event_id = cast(:event as uuid) order by a.created_at")
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
