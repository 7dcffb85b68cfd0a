package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Shelved events (ISA-18.2, "Alarm shelving"): out of sight until a time. While one is on the
 * shelf, new events of its rule on its device are put beside it. Thread-safe.
 */
final class Shelf {
  /**
   * Where an event {@code e} goes from the shelf: to its order when one looks after it, out when
   * its signal has cleared, else to where it was.
   */
  static final String BACK =
      """
      case when exists (select from event_actions l join actions a on a.id = l.action_id
                         where l.event_id = e.id and a.kind = 'work_order' and a.state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')) then 'linked_to_work_order'
           when e.shelved_from = 'linked_to_work_order' then 'linked_to_work_order'
           when e.resolved_at is not null then 'resolved'
           else coalesce(e.shelved_from, 'open') end
      """;

  private final JdbcClient jdbc;

  Shelf(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Puts a new event beside a shelved one of its rule on its device; false when there is none. */
  boolean takes(UUID event, Detection detection) {
    return jdbc.sql(
                """
                update events e
                   set status = 'shelved', shelved_from = 'open', shelved_until = s.until, suppressed = 'shelved',
                       change_note = 'an event of this rule is on the shelf'
                  from (select max(shelved_until) as until from events
                         where device_id = :device and rule_id = :rule and id <> :id
                           and status = 'shelved' and shelved_until > now()) s
                 where e.id = :id and s.until is not null
                """)
            .param("device", UUID.fromString(detection.device().id()))
            .param("rule", detection.rule().id())
            .param("id", event)
            .update()
        > 0;
  }

  /** Takes back what has been there long enough. */
  void emptied() {
    jdbc.sql(
            "update events e set status = "
                + BACK
                + ", change_note = 'its time on the shelf is over' where e.status = 'shelved' and"
                + " e.shelved_until <= now()")
        .update();
  }
}
