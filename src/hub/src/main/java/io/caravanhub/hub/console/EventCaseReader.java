package io.caravanhub.hub.console;

import io.caravanhub.hub.event.EventCommand;
import io.caravanhub.hub.event.EventState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the page of one event of the tenant in force. */
@Component
class EventCaseReader {
  private static final int STEPS = 200;

  private final JdbcClient jdbc;
  private final EventList events;
  private final OrderList orders;
  private final SnapshotCharts charts;
  private final DecisionReader decisions;
  private final RelatedReader related;

  EventCaseReader(
      JdbcClient jdbc,
      EventList events,
      OrderList orders,
      SnapshotCharts charts,
      DecisionReader decisions,
      RelatedReader related) {
    this.jdbc = jdbc;
    this.events = events;
    this.orders = orders;
    this.charts = charts;
    this.decisions = decisions;
    this.related = related;
  }

  /** What else a row of an event holds. */
  private record More(EventStanding standing, EventProof proof) {}

  Optional<EventCase> read(String id) {
    return events.find(id).map(this::read);
  }

  /** Another text whenever the event, its actions, decisions or readings have changed. */
  String mark(String id) {
    return jdbc.sql(
            """
            select concat_ws(' ', e.xmin::text, e.status, e.resolved_at, e.last_seen_at,
                     (select max(c.id) from event_changes c where c.event_id = e.id),
                     (select max(x.id) from event_explanations x where x.event_id = e.id),
                     (select string_agg(s.xmin::text, ',' order by s.metric) from event_series s where s.event_id = e.id),
                     (select string_agg(a.id::text || a.updated_at, ',' order by a.id) from actions a
                       where a.id in (select own.id from actions own where own.event_id = e.id
                                       union select l.action_id from event_actions l where l.event_id = e.id)))
              from events e where e.id = cast(:id as uuid)
            """)
        .param("id", id)
        .query(String.class)
        .optional()
        .orElse("");
  }

  private EventCase read(EventLine line) {
    More more =
        jdbc.sql(
                """
                select rule_id, family, status, evidence::text as evidence, last_seen_at, resolved_at, closed_at, shelved_until,
                       dismiss_reason, suppressed, flapping, raises
                  from events where id = cast(? as uuid)
                """)
            .param(line.id())
            .query(
                (row, n) ->
                    new More(
                        standing(row),
                        EventProof.of(
                            row.getString("rule_id"),
                            row.getString("family"),
                            row.getString("evidence"))))
            .single();
    return new EventCase(
        line,
        more.standing(),
        more.proof(),
        charts.of(line, more.proof()),
        decisions.of(line.id()),
        orders.ofEvent(line.id()),
        steps(line.id()),
        related.of(line.id()));
  }

  private static EventStanding standing(ResultSet row) throws SQLException {
    return new EventStanding(
        row.getObject("resolved_at") == null,
        EventList.moment(row, "last_seen_at"),
        maybe(row, "resolved_at"),
        maybe(row, "closed_at"),
        maybe(row, "shelved_until"),
        row.getString("dismiss_reason"),
        row.getString("suppressed"),
        row.getBoolean("flapping"),
        row.getInt("raises"),
        EventCommand.allowedIn(
            EventState.valueOf(row.getString("status").toUpperCase(Locale.ROOT))));
  }

  private List<TimelineStep> steps(String id) {
    return jdbc.sql(
            """
            select at, actor, change, to_status, active, note from event_changes
             where event_id = cast(:id as uuid) order by id desc limit :most
            """)
        .param("id", id)
        .param("most", STEPS)
        .query(
            (row, n) ->
                new TimelineStep(
                    EventList.moment(row, "at"),
                    row.getString("actor"),
                    row.getString("change"),
                    row.getString("to_status"),
                    row.getBoolean("active"),
                    row.getString("note")))
        .list();
  }

  private static @Nullable Instant maybe(ResultSet row, String column) throws SQLException {
    return row.getObject(column) == null ? null : EventList.moment(row, column);
  }
}
