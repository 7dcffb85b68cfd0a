package io.caravanhub.hub.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rules of the thread's tenant as rows, with every version they had. Thread-safe. */
@Component
class RuleRows {
  private static final String COLUMNS =
      "select id, version, enabled, definition::text as definition, source, author, created_at, updated_at from rules ";

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  RuleRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  Optional<RuleView> find(String id) {
    return jdbc.sql(COLUMNS + "where id = ?").param(id).query(this::view).optional();
  }

  /** The same, kept from others until the transaction ends. */
  Optional<RuleView> lock(String id) {
    jdbc.sql("select pg_advisory_xact_lock(hashtext('rule ' || hub_tenant() || ' ' || ?))")
        .param(id)
        .query((row, n) -> "")
        .single();
    return find(id);
  }

  /** By id; those for one device type alone, or all. */
  List<RuleView> list(
      String source, @Nullable String deviceType, @Nullable String after, int limit) {
    return jdbc.sql(
            COLUMNS
                + "where source = :source and id > :after and (cast(:type as text) is null or definition #>> '{scope,device_type}' = :type) order by id limit :limit")
        .param("source", source)
        .param("type", deviceType)
        .param("after", after == null ? "" : after)
        .param("limit", limit)
        .query(this::view)
        .list();
  }

  long count() {
    return jdbc.sql("select count(*) from rules").query(Long.class).single();
  }

  /** Saves the next version. */
  void put(
      String id, boolean enabled, Map<String, Object> definition, String source, String author) {
    String text = text(definition);
    int version = nextVersion(id);
    jdbc.sql(
            """
            insert into rules (id, tenant_id, version, enabled, definition, source, author)
            values (:id, hub_tenant(), :version, :enabled, cast(:definition as jsonb), :source, :author)
            on conflict (tenant_id, id) do update
              set version = excluded.version, enabled = excluded.enabled, definition = excluded.definition,
                  source = excluded.source, author = excluded.author, updated_at = now()
            """)
        .param("id", id)
        .param("version", version)
        .param("enabled", enabled)
        .param("definition", text)
        .param("source", source)
        .param("author", author)
        .update();
    keep(id, version, text, author);
  }

  /** Takes the rule away; its versions stay, with one that says so. */
  void delete(String id, String author) {
    keep(id, nextVersion(id), null, author);
    jdbc.sql("delete from rules where id = ?").param(id).update();
  }

  private int nextVersion(String id) {
    return jdbc.sql(
            """
            select greatest(coalesce((select max(version) from rule_versions where id = :id), 0),
                            coalesce((select version from rules where id = :id), 0)) + 1
            """)
        .param("id", id)
        .query(Integer.class)
        .single();
  }

  private void keep(String id, int version, @Nullable String definition, String author) {
    jdbc.sql(
            """
            insert into rule_versions (tenant_id, id, version, definition, author)
            values (hub_tenant(), ?, ?, cast(? as jsonb), ?)
            """)
        .params(id, version, definition, author)
        .update();
  }

  /** A version of a rule; its definition is null where it was deleted. */
  record Version(int version, @Nullable JsonNode definition, String author, java.time.Instant at) {}

  List<Version> versions(String id) {
    return jdbc.sql(
            "select version, definition::text as definition, author, at from rule_versions where id = ? order by version desc limit 500")
        .param(id)
        .query(
            (row, n) ->
                new Version(
                    row.getInt("version"),
                    tree(row.getString("definition")),
                    row.getString("author"),
                    row.getTimestamp("at").toInstant()))
        .list();
  }

  /** What a shadow rule would have raised, newest first. */
  List<Map<String, Object>> shadows(String id) {
    return jdbc.sql(
            """
            select s.device_id::text as device, d.serial, s.event_type, s.severity, s.message, s.value,
                   s.opened_at, s.resolved_at
              from shadow_events s join devices d on d.id = s.device_id
             where s.rule_id = ? order by s.opened_at desc limit 500
            """)
        .param(id)
        .query()
        .listOfRows();
  }

  /** Whether there is an asset, or a device of that id or serial. */
  boolean isThere(String assetOrDevice) {
    return jdbc.sql(
            "select exists (select from assets where id = :it) or exists (select from devices where id::text = :it or serial = :it)")
        .param("it", assetOrDevice)
        .query(Boolean.class)
        .single();
  }

  /** The way by which an asset is part of itself; empty when it is not. */
  Optional<String> circle(String asset) {
    return AssetLineage.circle(jdbc, asset);
  }

  private RuleView view(ResultSet row, int number) throws SQLException {
    return new RuleView(
        row.getString("id"),
        row.getInt("version"),
        row.getBoolean("enabled"),
        java.util.Objects.requireNonNull(tree(row.getString("definition"))),
        row.getString("source"),
        row.getString("author"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant());
  }

  private @Nullable JsonNode tree(@Nullable String text) {
    try {
      return text == null ? null : json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }

  private String text(Map<String, Object> definition) {
    try {
      return json.writeValueAsString(definition);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a rule cannot be written", e);
    }
  }
}
