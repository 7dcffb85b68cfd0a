package io.caravanhub.hub.orchestration;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The actions that events of the thread's tenant really led to. Thread-safe. */
@Component
class ReallyDone {
  private final JdbcClient jdbc;

  ReallyDone(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * An action there was.
   *
   * @param own whether the event made it; else it joined
   */
  record Done(UUID event, String kind, String state, String externalIdentifier, boolean own) {}

  /** Of these events, by the event. */
  Map<UUID, List<Done>> of(List<UUID> events) {
    return jdbc
        .sql(
            """
            select l.event_id as event, a.kind, a.state, a.external_identifier, a.event_id = l.event_id as own
              from event_actions l join actions a on a.id = l.action_id
             where l.event_id = any (?) order by a.created_at
            """)
        .params(new Object[] {events.toArray(UUID[]::new)})
        .query(Done.class)
        .list()
        .stream()
        .collect(Collectors.groupingBy(Done::event));
  }
}
