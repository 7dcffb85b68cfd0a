package io.caravanhub.hub.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table replays, rows of the tenant in force. Thread-safe. */
@Component
class ReplayJobs {
  /** Whose holder runs the replays of all tenants. */
  static final String LEASE = "replays";

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  ReplayJobs(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  String create(String kind, String filter, String actor) {
    return jdbc.sql(
            "insert into replays (tenant_id, kind, filter, actor) values (hub_tenant(), ?, ?::jsonb, ?) returning id::text")
        .params(kind, filter, actor)
        .query(String.class)
        .single();
  }

  Optional<ReplayJob> find(String id) {
    return jdbc.sql("select * from replays where id::text = ?")
        .params(id)
        .query(ReplayJobs::job)
        .optional();
  }

  List<ReplayJob> page(@Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from replays
             where (:after::text is null or (created_at, id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
             order by created_at desc, id desc limit :limit\
            """)
        .param("after", after)
        .param("limit", limit)
        .query(ReplayJobs::job)
        .list();
  }

  /** Whose replays are not all at their end. */
  List<String> tenants() {
    return jdbc.sql("select tenants_with_replays()").query(String.class).list();
  }

  /** The oldest that is not at its end. */
  Optional<ReplayJob> next() {
    return jdbc.sql(
            "select * from replays where state in ('queued', 'running') order by created_at limit 1")
        .query(ReplayJobs::job)
        .optional();
  }

  void begin(String id, long total) {
    jdbc.sql(
            "update replays set state = 'running', total = coalesce(total, ?), updated_at = now() where id::text = ? and state in ('queued', 'running')")
        .params(total, id)
        .update();
  }

  /**
   * Notes a step of whoever has the lease of replays at this epoch; nothing of another's.
   *
   * @return whether the replay still is to go on
   */
  boolean note(String id, ReplayStep step, long epoch) {
    return jdbc.sql(
                """
                update replays set position = coalesce(:position, position), done = done + :done, failed = failed + :failed,
                       changed = changed + :changed, removed = removed + :removed, last_error = coalesce(left(:error, 2000), last_error), updated_at = now(),
                       samples = case when jsonb_array_length(samples) < 20 then samples || :samples::jsonb else samples end
                 where id::text = :id and state = 'running' and hold_lease(:lease, :epoch)\
                """)
            .param("lease", LEASE)
            .param("epoch", epoch)
            .param("position", step.position())
            .param("done", step.done())
            .param("failed", step.failed())
            .param("changed", step.changed())
            .param("removed", step.removed())
            .param("samples", write(step.samples()))
            .param("error", step.error() == null ? null : step.error().replace('\0', '?'))
            .param("id", id)
            .update()
        > 0;
  }

  private String write(List<RowChange> samples) {
    try {
      return json.writeValueAsString(samples).replace("\\u0000", "?");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  void notNow(String id, String error) {
    jdbc.sql("update replays set last_error = left(?, 2000), updated_at = now() where id::text = ?")
        .params(error.replace('\0', '?'), id)
        .update();
  }

  /**
   * Ends it.
   *
   * @return whether it was under way
   */
  boolean end(String id, String state, @Nullable String error) {
    return jdbc.sql(
                """
                update replays set state = ?, last_error = coalesce(left(?, 2000), last_error), finished_at = now(), updated_at = now()
                 where id::text = ? and state in ('queued', 'running')\
                """)
            .params(state, error == null ? null : error.replace('\0', '?'), id)
            .update()
        > 0;
  }

  private static ReplayJob job(ResultSet row, int number) throws SQLException {
    Timestamp finished = row.getTimestamp("finished_at");
    return new ReplayJob(
        row.getString("id"),
        row.getLong("run"),
        row.getString("tenant_id"),
        row.getString("kind"),
        row.getString("filter"),
        row.getString("state"),
        row.getObject("total", Long.class),
        row.getLong("done"),
        row.getLong("failed"),
        row.getLong("changed"),
        row.getLong("removed"),
        row.getString("samples"),
        row.getString("position"),
        row.getString("last_error"),
        row.getString("actor"),
        row.getTimestamp("created_at").toInstant(),
        finished == null ? null : finished.toInstant());
  }
}
