package io.caravanhub.hub.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Definitions of the tenant in force. Thread-safe. */
@Component
class DefinitionRows {
  private static final String SELECT =
      """
      select kind, name, version, definition::text as definition, author, updated_at,
             (select count(*) from assets a where case d.kind when 'type' then a.asset_type else a.id end = d.name) as assets
        from asset_definitions d\
      """;

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  DefinitionRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  Optional<DefinitionView> find(String kind, String name) {
    return jdbc.sql(SELECT + " where kind = ? and name = ?")
        .params(kind, name)
        .query(this::view)
        .optional();
  }

  /** As {@link #find}; nobody else changes it before the transaction ends. */
  Optional<DefinitionView> lock(String kind, String name) {
    jdbc.sql(
            "select pg_advisory_xact_lock(hashtext('asset_definition ' || hub_tenant() || ? || ?))")
        .params(kind, name)
        .query(row -> {});
    return find(kind, name);
  }

  List<DefinitionView> types(@Nullable String after, int limit) {
    return jdbc.sql(
            SELECT
                + " where kind = 'type' and (:after::text is null or name > :after) order by name limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query(this::view)
        .list();
  }

  void put(String kind, String name, int version, JsonNode definition, String author) {
    jdbc.sql(
            """
            insert into asset_definitions (tenant_id, kind, name, version, definition, author) values (hub_tenant(), ?, ?, ?, ?::json, ?)
            on conflict (tenant_id, kind, name) do update
               set version = excluded.version, definition = excluded.definition, author = excluded.author, updated_at = now()\
            """)
        .params(kind, name, version, definition.toString(), author)
        .update();
  }

  void delete(String kind, String name) {
    jdbc.sql("delete from asset_definitions where kind = ? and name = ?")
        .params(kind, name)
        .update();
  }

  private DefinitionView view(ResultSet row, int number) throws SQLException {
    try {
      return new DefinitionView(
          row.getString("kind"),
          row.getString("name"),
          row.getInt("version"),
          json.readTree(row.getString("definition")),
          row.getString("author"),
          row.getTimestamp("updated_at").toInstant().toString(),
          row.getInt("assets"));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
