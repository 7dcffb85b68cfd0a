package io.caravanhub.hub.event;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads events of the thread's tenant with all that belongs to them. Thread-safe. */
@Component
public class EventDetails {
  private static final String RELATIVE =
      """
      select e.id, d.serial, e.rule_id, e.severity, e.status, e.resolved_at is null as active, e.message, e.opened_at
        from events e join devices d on d.id = e.device_id
      """;
  private static final int RELATIVES_MAX = 100;

  private final JdbcClient jdbc;
  private final EventRows rows;

  public EventDetails(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.rows = new EventRows(jdbc);
  }

  /** One event. */
  public Optional<EventDetail> find(UUID id) {
    return rows.find(id)
        .map(
            event ->
                new EventDetail(
                    event,
                    EventCommand.allowedIn(EventState.of(event.status())),
                    event.problemId() == null ? null : group(event.problemId(), id),
                    event.parentId() == null
                        ? null
                        : relatives("e.id = ?", event.parentId()).stream().findFirst().orElse(null),
                    relatives("e.parent_id = ?", id),
                    jdbc.sql("select count(*) from events where parent_id = ?")
                        .params(id)
                        .query(Long.class)
                        .single(),
                    series(id),
                    timeline(id),
                    actions(id)));
  }

  private List<EventDetail.Relative> relatives(String where, UUID of) {
    return jdbc.sql(
            RELATIVE + " where " + where + " order by e.opened_at desc limit " + RELATIVES_MAX)
        .params(of)
        .query(
            (row, n) ->
                new EventDetail.Relative(
                    row.getObject("id", UUID.class),
                    row.getString("serial"),
                    row.getString("rule_id"),
                    row.getString("severity"),
                    row.getString("status"),
                    row.getBoolean("active"),
                    row.getString("message"),
                    row.getTimestamp("opened_at").toInstant()))
        .list();
  }

  private EventDetail.@Nullable Group group(UUID problem, UUID event) {
    List<EventDetail.Relative> others =
        relatives("e.problem_id = ?", problem).stream().filter(e -> !e.id().equals(event)).toList();
    return jdbc.sql(
            """
            select p.*, (select count(*) from events e where e.problem_id = p.id) as event_count from problems p where p.id = ?
            """)
        .params(problem)
        .query(
            (row, n) ->
                new EventDetail.Group(
                    problem,
                    row.getString("asset"),
                    row.getString("family"),
                    row.getTimestamp("opened_at").toInstant(),
                    instant(row, "closed_at"),
                    row.getObject("recurrence_of", UUID.class),
                    row.getInt("event_count"),
                    others))
        .optional()
        .orElse(null);
  }

  private List<EventDetail.Series> series(UUID event) {
    return jdbc.sql(
            "select *, points::text as told from event_series where event_id = ? order by metric")
        .params(event)
        .query(
            (row, n) ->
                new EventDetail.Series(
                    row.getString("metric"),
                    row.getString("unit"),
                    row.getTimestamp("from_at").toInstant(),
                    instant(row, "to_at"),
                    row.getTimestamp("next_at") == null,
                    row.getString("told")))
        .list();
  }

  private List<EventDetail.Change> timeline(UUID event) {
    return jdbc.sql("select * from event_changes where event_id = ? order by id limit 1000")
        .params(event)
        .query(
            (row, n) ->
                new EventDetail.Change(
                    row.getTimestamp("at").toInstant(),
                    row.getString("actor"),
                    row.getString("change"),
                    row.getString("from_status"),
                    row.getString("to_status"),
                    row.getBoolean("active"),
                    row.getString("note")))
        .list();
  }

  private List<EventDetail.Job> actions(UUID event) {
    return jdbc.sql(
            """
            select a.id, a.kind, a.state, a.external_identifier, a.fsm_id, a.event_id <> l.event_id as joined, a.created_at
              from event_actions l join actions a on a.id = l.action_id where l.event_id = ? order by a.created_at
            """)
        .params(event)
        .query(
            (row, n) ->
                new EventDetail.Job(
                    row.getObject("id", UUID.class),
                    row.getString("kind"),
                    row.getString("state"),
                    row.getString("external_identifier"),
                    row.getString("fsm_id"),
                    row.getBoolean("joined"),
                    row.getTimestamp("created_at").toInstant()))
        .list();
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp timestamp = row.getTimestamp(column);
    return timestamp == null ? null : timestamp.toInstant();
  }
}
