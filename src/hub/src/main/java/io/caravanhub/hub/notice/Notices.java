package io.caravanhub.hub.notice;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.security.HubPrincipal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The notices of the tenant in force. Thread-safe. */
@Component("notices")
public class Notices {
  private static final String SELECT =
      "select id, kind, severity, message, opened_at, last_seen_at, acknowledged_by, resolved_at from notices ";

  private final JdbcClient jdbc;

  public Notices(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Says it, or says it still is so.
   *
   * @return whether it is news
   */
  public boolean raise(String kind, String severity, String message) {
    return jdbc.sql(
            """
            insert into notices (tenant_id, kind, severity, message) values (hub_tenant(), ?, ?, ?)
            on conflict (tenant_id, kind) where resolved_at is null
            do update set message = excluded.message, last_seen_at = now() returning opened_at = last_seen_at\
            """)
        .params(kind, severity, message)
        .query(Boolean.class)
        .single();
  }

  /**
   * It is over.
   *
   * @return whether it was open
   */
  public boolean resolve(String kind) {
    return jdbc.sql("update notices set resolved_at = now() where kind = ? and resolved_at is null")
            .params(kind)
            .update()
        > 0;
  }

  /** Those that last and that nobody has acknowledged, newest first. */
  public List<Notice> open() {
    return jdbc.sql(
            SELECT
                + "where resolved_at is null and acknowledged_at is null order by opened_at desc limit 5")
        .query(Notices::notice)
        .list();
  }

  /** {@code GET /notices}, newest first. */
  public Page<Notice> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    return Page.of(
        jdbc.sql(
                SELECT
                    + """
                    where (:after::text is null or (opened_at, id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                    order by opened_at desc, id desc limit :limit\
                    """)
            .param("after", Page.position(cursor))
            .param("limit", size + 1)
            .query(Notices::notice)
            .list(),
        size,
        notice -> notice.openedAt() + " " + notice.id());
  }

  /** {@code POST /notices/{n}/acknowledge}: somebody has read it; the banner goes. */
  public Notice acknowledge(@Header("noticeId") String id) {
    HubPrincipal caller = CallerContext.current();
    jdbc.sql(
            "update notices set acknowledged_at = now(), acknowledged_by = ? where id::text = ? and acknowledged_at is null")
        .params(caller.role() + ":" + caller.subject(), id)
        .update();
    return jdbc.sql(SELECT + "where id::text = ?").params(id).query(Notices::notice).list().stream()
        .findFirst()
        .orElseThrow(() -> ProblemException.notFound("notice", id));
  }

  private static Notice notice(ResultSet row, int number) throws SQLException {
    return new Notice(
        row.getString("id"),
        row.getString("kind"),
        row.getString("severity"),
        row.getString("message"),
        row.getTimestamp("opened_at").toInstant(),
        row.getTimestamp("last_seen_at").toInstant(),
        row.getString("acknowledged_by"),
        moment(row.getTimestamp("resolved_at")));
  }

  private static @Nullable Instant moment(@Nullable Timestamp timestamp) {
    return timestamp == null ? null : timestamp.toInstant();
  }
}
