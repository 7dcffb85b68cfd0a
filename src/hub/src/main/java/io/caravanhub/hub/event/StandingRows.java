package io.caravanhub.hub.event;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows of events that stand as long as somebody says so, as the tenant in force. */
final class StandingRows {
  private final JdbcClient jdbc;

  StandingRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  record Standing(
      UUID id,
      UUID device,
      String rule,
      String type,
      String severity,
      String message,
      Instant raised,
      String status,
      boolean closed) {
    private static final Set<String> OPEN = Set.of("open", "acknowledged", "linked_to_work_order");

    boolean isOpen() {
      return !closed && OPEN.contains(status);
    }
  }

  /** The latest of each device and rule that is still said, open or closed. */
  Map<UUID, List<Standing>> standing(String family, UUID[] devices) {
    return jdbc
        .sql(
            """
            select distinct on (device_id, rule_id) id, device_id, rule_id, event_type, severity, message, status, resolved_at is not null as closed,
                   greatest(opened_at, (select max(s.raised_at) from event_signals s where s.event_id = events.id)) as raised_at
              from events where device_id = any (?) and family = ? and not jsonb_exists(evidence, 'cleared')
             order by device_id, rule_id, opened_at desc\
            """)
        .params(devices, family)
        .query(StandingRows::standing)
        .list()
        .stream()
        .collect(Collectors.groupingBy(Standing::device));
  }

  /** Rules whose events have cleared at that time or later, of each device. */
  Map<UUID, Set<String>> clearedSince(Instant at, String family, UUID[] devices) {
    Map<UUID, Set<String>> cleared = new HashMap<>();
    jdbc.sql(
            "select device_id, rule_id from events where device_id = any (?) and family = ? and"
                + " resolved_at >= ?")
        .params(devices, family, Timestamp.from(at))
        .query(
            row -> {
              cleared
                  .computeIfAbsent(row.getObject("device_id", UUID.class), id -> new HashSet<>())
                  .add(row.getString("rule_id"));
            });
    return cleared;
  }

  private static Standing standing(ResultSet row, int number) throws SQLException {
    return new Standing(
        row.getObject("id", UUID.class),
        row.getObject("device_id", UUID.class),
        row.getString("rule_id"),
        row.getString("event_type"),
        row.getString("severity"),
        row.getString("message"),
        row.getTimestamp("raised_at").toInstant(),
        row.getString("status"),
        row.getBoolean("closed"));
  }

  /** They are said still. */
  void seen(List<UUID> events) {
    touch("update events set last_seen_at = now() where id = any (?)", events);
  }

  /** Closed ones that are said no more: said again, each is a new event. */
  void over(List<UUID> events) {
    touch(
        "update events set evidence = jsonb_set(evidence, '{cleared}', '0') where id = any (?)",
        events);
  }

  private void touch(String sql, List<UUID> events) {
    if (!events.isEmpty()) {
      jdbc.sql(sql).params(new Object[] {events.toArray(UUID[]::new)}).update();
    }
  }
}
