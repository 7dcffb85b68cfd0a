package io.caravanhub.hub.notify;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The templates of the tenant in force. Thread-safe. */
@Component
class TemplateRows {
  private static final String SELECT =
      "select id, name, channel, language, subject, text, html from notification_templates ";

  private final JdbcClient jdbc;

  /** A template as it is stored. */
  record Kept(UUID id, Template template) {}

  TemplateRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<Kept> all() {
    return jdbc.sql(SELECT + "order by name, channel, language").query(TemplateRows::kept).list();
  }

  Optional<Kept> find(UUID id) {
    return jdbc.sql(SELECT + "where id = ?").params(id).query(TemplateRows::kept).optional();
  }

  /**
   * The one that fits best: in the language or its base, or in the tenant's; of the channel before
   * those of any.
   */
  @Nullable Template best(String name, ChannelKind kind, String language, String tenants) {
    return jdbc.sql(
            SELECT
                + """
                where name = :name and channel in (:kind, 'any')
                  and lower(language) in (lower(:language), split_part(lower(:language), '-', 1), lower(:tenants), split_part(lower(:tenants), '-', 1))
                order by case lower(language) when lower(:language) then 0 when split_part(lower(:language), '-', 1) then 1 else 2 end,
                         channel = 'any' limit 1\
                """)
        .param("name", name)
        .param("kind", kind.label())
        .param("language", language)
        .param("tenants", tenants)
        .query(TemplateRows::kept)
        .optional()
        .map(Kept::template)
        .orElse(null);
  }

  boolean hasAny(String name) {
    return jdbc.sql("select exists (select from notification_templates where name = ?)")
        .params(name)
        .query(Boolean.class)
        .single();
  }

  void save(UUID id, Template template) {
    jdbc.sql(
            """
            insert into notification_templates (id, tenant_id, name, channel, language, subject, text, html)
            values (?, hub_tenant(), ?, ?, ?, ?, ?, ?)
            on conflict (id) do update set subject = excluded.subject, text = excluded.text, html = excluded.html, updated_at = now()\
            """)
        .params(
            id,
            template.name(),
            template.channel(),
            template.language(),
            template.subject(),
            template.text(),
            template.html())
        .update();
  }

  void delete(UUID id) {
    jdbc.sql("delete from notification_templates where id = ?").params(id).update();
  }

  private static Kept kept(ResultSet row, int number) throws SQLException {
    return new Kept(
        row.getObject("id", UUID.class),
        new Template(
            row.getString("name"),
            row.getString("channel"),
            row.getString("language"),
            row.getString("subject"),
            row.getString("text"),
            row.getString("html")));
  }
}
