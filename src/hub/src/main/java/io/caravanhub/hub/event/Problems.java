package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The problems that events belong to. Rows are made and closed by the triggers of {@code events},
 * so that whoever writes an event, in whichever hub, ends up in the same one. Thread-safe.
 */
final class Problems {
  private final JdbcClient jdbc;

  Problems(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The event with its problem, for the planner. */
  RecordedEvent recorded(UUID event, Detection detection) {
    return jdbc.sql(
            """
            select p.id, p.asset, p.family, p.opened_at, p.recurrence_of, e.recurrence_of as event_before
              from events e join problems p on p.id = e.problem_id where e.id = :event
            """)
        .param("event", event)
        .query(
            (row, n) ->
                new RecordedEvent(
                    event, detection, problem(row), row.getObject("event_before", UUID.class)))
        .optional()
        .orElseGet(() -> new RecordedEvent(event, detection));
  }

  /** One of them. */
  Optional<Problem> find(UUID id) {
    return jdbc.sql("select id, asset, family, opened_at, recurrence_of from problems where id = ?")
        .params(id)
        .query((row, n) -> problem(row))
        .optional();
  }

  private static Problem problem(ResultSet row) throws SQLException {
    return new Problem(
        row.getObject("id", UUID.class),
        row.getString("asset"),
        row.getString("family"),
        row.getTimestamp("opened_at").toInstant(),
        row.getObject("recurrence_of", UUID.class));
  }
}
