package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.TestServer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A store with events from before they had problems and timelines. */
class EventMigrationTest {
  @Test
  void givesEventsTheirProblemsAndTimelines() {
    TestServer server = TestServer.embedded();
    String name = server.create();
    server.migrate(name, "15");
    JdbcClient owner = JdbcClient.create(server.database(name));
    owner
        .sql(
            "insert into devices (tenant_id, serial, device_type, connection_type) values ('default', 'S', 'sensor', 'mqtt')")
        .update();
    event(owner, "first", "resolved", "10 days", "9 days", null);
    event(owner, "soon-after", "resolved", "9 days", "8 days", null);
    event(owner, "again", "linked_to_work_order", "2 days", null, null);
    event(owner, "beside", "acknowledged", "1 day", null, "1 hour");
    event(owner, "no", "dismissed", "3 hours", null, null);
    owner
        .sql(
            "insert into audit (tenant_id, actor, verb, subject, before, after) select 'default', 'admin:ann', 'dismiss', 'event/' || id, '{\"status\": \"open\"}', '{\"reason\": \"no\"}' from events where rule_id = 'no'")
        .update();

    server.migrate(name, "latest");

    assertThat(
            owner
                .sql(
                    """
                    select e.rule_id || ' ' || dense_rank() over (order by p.opened_at) || ' ' || (p.closed_at is null) || ' ' || (p.recurrence_of is not null)
                      from events e join problems p on p.id = e.problem_id order by e.opened_at
                    """)
                .query(String.class)
                .list())
        .containsExactly(
            "first 1 false false",
            "soon-after 1 false false",
            "again 2 true true",
            "beside 2 true true",
            "no 2 true true");
    assertThat(
            text(
                owner, "select status || ' ' || shelved_from from events where rule_id = 'beside'"))
        .isEqualTo("shelved acknowledged");
    assertThat(
            text(
                owner,
                "select string_agg(c.actor || ' ' || c.change, ', ' order by c.id) from event_changes c join events e on e.id = c.event_id where e.rule_id = 'no'"))
        .isEqualTo("rule:no raised, admin:ann dismissed");
    assertThat(text(owner, "select count(*)::text from event_signals where cleared_at is not null"))
        .isEqualTo("2");
    owner
        .sql("update events set status = 'resolved' where rule_id in ('again', 'beside')")
        .update();
    assertThat(text(owner, "select count(*)::text from problems where closed_at is null"))
        .isEqualTo("0");
  }

  private static void event(
      JdbcClient owner, String rule, String status, String ago, String cleared, String shelved) {
    owner
        .sql(
            """
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, status, message, opened_at,
                last_seen_at, created_at, resolved_at, shelved_until)
            select 'default', :rule, id, 'A', :rule, 'f', 'warning', 'low', :status, 'm', now() - :ago::interval, now() - :ago::interval,
                   now() - :ago::interval, now() - :cleared::interval, now() + :shelved::interval
              from devices where serial = 'S'
            """)
        .param("rule", rule)
        .param("status", status)
        .param("ago", ago)
        .param("cleared", cleared)
        .param("shelved", shelved)
        .update();
  }

  private static String text(JdbcClient owner, String sql) {
    return owner.sql(sql).query(String.class).single();
  }
}
