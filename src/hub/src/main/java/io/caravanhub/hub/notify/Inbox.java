package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.security.HubPrincipal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Messages of the console in the tenant in force: to everybody, to a role or to one person, each
 * with who has read it. Thread-safe.
 */
@Component
public class Inbox {
  private static final String MINE =
      " (i.subject is null or i.subject = :subject) and (i.role is null or i.role = :role) ";
  private static final String UNREAD =
      " not exists (select from inbox_reads r where r.inbox_id = i.id and r.subject = :reader) ";

  private final JdbcClient jdbc;

  public Inbox(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A page of what the reader may see, newest first.
   *
   * @param unread whether only what the reader has not read
   */
  public Page<InboxItem> list(
      HubPrincipal reader, boolean unread, int limit, @Nullable String cursor) {
    return Page.of(
        as(
                reader,
                """
                select i.id, i.event_id, i.severity, i.title, i.body, i.link, i.created_at,
                       exists (select from inbox_reads r where r.inbox_id = i.id and r.subject = :reader) as read
                  from inbox i where\
                """
                    + MINE
                    + (unread ? "and" + UNREAD : "")
                    + """
                    and (:after::text is null
                         or (i.created_at, i.id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                    order by i.created_at desc, i.id desc limit :limit\
                    """)
            .param("after", Page.position(cursor))
            .param("limit", limit + 1)
            .query(Inbox::item)
            .list(),
        limit,
        item -> item.createdAt() + " " + item.id());
  }

  /** How many the reader has not read. */
  public long unread(HubPrincipal reader) {
    return as(reader, "select count(*) from inbox i where" + MINE + "and" + UNREAD)
        .query(Long.class)
        .single();
  }

  /**
   * The reader has read it.
   *
   * @return false when there is no such message for the reader
   */
  public boolean read(HubPrincipal reader, UUID id) {
    return mark(reader, " and i.id = cast(:id as uuid)", id) > 0
        || as(reader, "select count(*) from inbox i where i.id = :id and" + MINE)
                .param("id", id)
                .query(Long.class)
                .single()
            > 0;
  }

  /**
   * The reader has read all.
   *
   * @return how many were unread
   */
  public int readAll(HubPrincipal reader) {
    return mark(reader, " and cast(:id as uuid) is null", null);
  }

  private int mark(HubPrincipal reader, String which, @Nullable UUID id) {
    return as(
            reader,
            "insert into inbox_reads (tenant_id, inbox_id, subject) select hub_tenant(), i.id, :reader from inbox i where"
                + MINE
                + which
                + " on conflict do nothing")
        .param("id", id)
        .update();
  }

  /** Who signs in by one name in two roles is two readers. */
  private JdbcClient.StatementSpec as(HubPrincipal reader, String sql) {
    return jdbc.sql(sql)
        .param("subject", reader.subject())
        .param("role", reader.role())
        .param("reader", reader.role() + ":" + reader.subject());
  }

  /**
   * Leaves a message; the same key again changes nothing.
   *
   * @param subject whose, or null
   * @param role of those whose it is, or null
   */
  Optional<UUID> leave(
      @Nullable String subject,
      @Nullable String role,
      @Nullable UUID event,
      String severity,
      Written written,
      @Nullable String link,
      String key) {
    return jdbc.sql(
            """
            insert into inbox (tenant_id, subject, role, event_id, severity, title, body, link, dedup_key)
            values (hub_tenant(), :subject, :role, :event, :severity, :title, :body, :link, :key)
            on conflict (tenant_id, dedup_key) do nothing returning id\
            """)
        .param("subject", subject)
        .param("role", role)
        .param("event", event)
        .param("severity", severity)
        .param("title", written.subject())
        .param("body", written.text())
        .param("link", link)
        .param("key", key)
        .query(UUID.class)
        .optional();
  }

  private static InboxItem item(ResultSet row, int number) throws SQLException {
    return new InboxItem(
        row.getObject("id", UUID.class),
        row.getObject("event_id", UUID.class),
        row.getString("severity"),
        row.getString("title"),
        row.getString("body"),
        row.getString("link"),
        row.getTimestamp("created_at").toInstant(),
        row.getBoolean("read"));
  }
}
