package io.caravanhub.hub.fsm;

import io.caravanhub.hub.api.Page;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The action calls of the API. Thread-safe. */
@Component("actionCalls")
public class ActionCalls {
  private final JdbcClient jdbc;

  public ActionCalls(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** An action as the API shows it. */
  public record ActionView(
      UUID id,
      String kind,
      String state,
      String externalIdentifier,
      UUID eventId,
      int attempts,
      @Nullable String lastError,
      @Nullable String fsmId,
      @Nullable String title,
      Instant createdAt,
      Instant updatedAt) {}

  /** {@code GET /actions}, newest first. */
  public Page<ActionView> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("state") @Nullable String state) {
    int size = Page.limit(limit);
    List<ActionView> found =
        jdbc.sql(
                """
                select a.*, coalesce(a.payload ->> 'title', e.message) as title from actions a join events e on e.id = a.event_id
                 where (cast(:state as text) is null or a.state = :state)
                   and (cast(:after as text) is null
                        or (a.created_at, a.id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                 order by a.created_at desc, a.id desc limit :limit\
                """)
            .param("state", state)
            .param("after", Page.position(cursor))
            .param("limit", size + 1)
            .query(
                (row, n) ->
                    new ActionView(
                        row.getObject("id", UUID.class),
                        row.getString("kind"),
                        row.getString("state"),
                        row.getString("external_identifier"),
                        row.getObject("event_id", UUID.class),
                        row.getInt("attempts"),
                        row.getString("last_error"),
                        row.getString("fsm_id"),
                        row.getString("title"),
                        row.getTimestamp("created_at").toInstant(),
                        row.getTimestamp("updated_at").toInstant()))
            .list();
    return Page.of(found, size, action -> action.createdAt() + " " + action.id());
  }
}
