package io.caravanhub.hub.event;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads events of the thread's tenant. Thread-safe. */
final class EventRows {
  private static final String SELECT =
      """
      select e.*, e.evidence::text as evidence_text, d.serial from events e join devices d on d.id = e.device_id
      """;
  private static final String WHERE =
      """
       where (cardinality(:statuses) = 0 or e.status = any (:statuses))
         and (cast(:active as boolean) is null or (e.resolved_at is null) = :active)
         and (cardinality(:severities) = 0 or e.severity = any (:severities))
         and (cardinality(:types) = 0 or e.event_type = any (:types))
         and (cast(:family as text) is null or e.family = :family)
         and (cast(:asset as text) is null or e.asset_id = :asset)
         and (cast(:device as uuid) is null or e.device_id = :device)
         and (cast(:rule as text) is null or e.rule_id = :rule)
         and (cast(:parent as uuid) is null or e.parent_id = :parent)
         and (cast(:since as timestamptz) is null or e.opened_at >= :since)
         and (cast(:until as timestamptz) is null or e.opened_at < :until)
         and (cast(:text as text) is null
              or position(lower(:text) in lower(concat_ws(' ', e.message, d.serial, e.asset_id, e.rule_id, e.family))) > 0)
         and (cast(:ts as timestamptz) is null or (e.opened_at, e.id) < (:ts, :id))
       order by e.opened_at desc, e.id desc limit :limit
      """;

  private final JdbcClient jdbc;

  EventRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<EventView> find(UUID id) {
    return jdbc.sql(SELECT + " where e.id = :id").param("id", id).query(EventRows::view).optional();
  }

  /** As {@link #find}, for whoever will change it in this transaction. */
  Optional<EventView> locked(UUID id) {
    return jdbc.sql(SELECT + " where e.id = :id for update of e")
        .param("id", id)
        .query(EventRows::view)
        .optional();
  }

  EventPage list(EventQuery query) {
    Position after = Position.parse(query.cursor());
    List<EventView> found =
        jdbc.sql(SELECT + WHERE)
            .param("statuses", query.statuses().toArray(String[]::new))
            .param("active", query.active())
            .param("severities", query.severities().toArray(String[]::new))
            .param("types", query.types().toArray(String[]::new))
            .param("family", query.family())
            .param("asset", query.asset())
            .param("device", query.device())
            .param("rule", query.rule())
            .param("parent", query.parent())
            .param("since", timestamp(query.since()))
            .param("until", timestamp(query.until()))
            .param("text", query.text())
            .param("ts", after == null ? null : Timestamp.from(after.openedAt()))
            .param("id", after == null ? null : after.id())
            .param("limit", query.limit() + 1)
            .query(EventRows::view)
            .list();
    if (found.size() <= query.limit()) {
      return new EventPage(found, null);
    }
    List<EventView> items = found.subList(0, query.limit());
    EventView last = items.get(items.size() - 1);
    return new EventPage(items, new Position(last.openedAt(), last.id()).text());
  }

  private static EventView view(ResultSet row, int number) throws SQLException {
    Instant cleared = instant(row, "resolved_at");
    return new EventView(
        row.getObject("id", UUID.class),
        row.getObject("device_id", UUID.class),
        row.getString("serial"),
        row.getString("asset_id"),
        row.getString("rule_id"),
        row.getString("family"),
        row.getString("event_type"),
        row.getString("severity"),
        row.getString("status"),
        cleared == null,
        row.getString("metric"),
        row.getObject("value", Double.class),
        row.getString("unit"),
        row.getObject("threshold", Double.class),
        row.getString("message"),
        row.getString("evidence_text"),
        row.getTimestamp("opened_at").toInstant(),
        row.getTimestamp("last_seen_at").toInstant(),
        cleared,
        cleared,
        instant(row, "acknowledged_at"),
        instant(row, "closed_at"),
        instant(row, "shelved_until"),
        row.getString("dismiss_reason"),
        row.getObject("problem_id", UUID.class),
        row.getObject("recurrence_of", UUID.class),
        row.getObject("parent_id", UUID.class),
        row.getString("suppressed"),
        row.getBoolean("flapping"),
        row.getInt("raises"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp timestamp = row.getTimestamp(column);
    return timestamp == null ? null : timestamp.toInstant();
  }

  private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
    return instant == null ? null : Timestamp.from(instant);
  }

  private record Position(Instant openedAt, UUID id) {
    static @Nullable Position parse(@Nullable String cursor) {
      if (cursor == null) {
        return null;
      }
      try {
        String[] parts =
            new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
        return new Position(Instant.parse(parts[0]), UUID.fromString(parts[1]));
      } catch (RuntimeException e) {
        throw new IllegalArgumentException("cursor: not one that a list has given", e);
      }
    }

    String text() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((openedAt + " " + id).getBytes(StandardCharsets.UTF_8));
    }
  }
}
