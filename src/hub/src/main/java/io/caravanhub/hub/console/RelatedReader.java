package io.caravanhub.hub.console;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What has to do with an event of the tenant in force. */
@Component
class RelatedReader {
  static final int MOST = 30;
  private static final String SELECT = "select " + EventList.COLUMNS + EventList.FROM;

  private final JdbcClient jdbc;

  RelatedReader(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  RelatedEvents of(String event) {
    return new RelatedEvents(
        problem(event),
        lines(
            "join events other on other.id = cast(:event as uuid) and other.problem_id = e.problem_id and other.id <> e.id"
                + " where e.parent_id is distinct from other.id and e.id is distinct from other.parent_id",
            event),
        lines("join events c on c.parent_id = e.id and c.id = cast(:event as uuid)", event).stream()
            .findFirst()
            .orElse(null),
        lines("where e.parent_id = cast(:event as uuid)", event),
        jdbc.sql("select count(*) from events where parent_id = cast(:event as uuid)")
            .param("event", event)
            .query(Integer.class)
            .single(),
        lines(
            """
            join (with recursive before as (
                    select recurrence_of as id, 1 as depth from events where id = cast(:event as uuid)
                     union all
                    select b.recurrence_of, depth + 1 from before join events b on b.id = before.id where depth < 10)
                  select id from before where id is not null) earlier on earlier.id = e.id
            """,
            event),
        lines("where e.recurrence_of = cast(:event as uuid)", event));
  }

  private RelatedEvents.@Nullable Problem problem(String event) {
    Optional<RelatedEvents.Problem> problem =
        jdbc.sql(
                """
                select p.opened_at, p.closed_at, (select count(*) from events o where o.problem_id = p.id) as events
                  from problems p join events e on e.problem_id = p.id where e.id = cast(:event as uuid)
                """)
            .param("event", event)
            .query(
                (row, n) ->
                    new RelatedEvents.Problem(
                        EventList.moment(row, "opened_at"),
                        row.getObject("closed_at") == null
                            ? null
                            : EventList.moment(row, "closed_at"),
                        row.getInt("events")))
            .optional();
    return problem.orElse(null);
  }

  private List<EventLine> lines(String which, String event) {
    return jdbc.sql(SELECT + which + " order by e.opened_at desc limit " + MOST)
        .param("event", event)
        .query(EventList::line)
        .list();
  }
}
