package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The policies and books of the thread's tenant as rows, with every version. Thread-safe. */
@Component
class PolicyRows {
  /** How the versions of books are told from those of policies. */
  private static final String BOOK = "book/";

  private static final String POLICIES =
      "select id, version, enabled, definition::text as definition, author, updated_at from policies ";
  private static final String BOOKS =
      "select name as id, version, true as enabled, definition::text as definition, author, updated_at from policy_books ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;

  PolicyRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A row as it is written, for those who read it. */
  record Row(String id, boolean enabled, String definition) {}

  /** A version; its definition is null where it was taken away. */
  record Version(int version, @Nullable JsonNode definition, String author, Instant at) {}

  List<Row> policies() {
    return jdbc.sql(
            "select id, enabled, jsonb_strip_nulls(definition)::text as definition from policies order by id")
        .query(Row.class)
        .list();
  }

  List<Row> books() {
    return jdbc.sql(
            "select name as id, true as enabled, definition::text as definition from policy_books")
        .query(Row.class)
        .list();
  }

  Optional<PolicyView> policy(String id) {
    return jdbc.sql(POLICIES + "where id = ?").param(id).query(PolicyRows::view).optional();
  }

  Optional<PolicyView> book(String name) {
    return jdbc.sql(BOOKS + "where name = ?").param(name).query(PolicyRows::view).optional();
  }

  long count() {
    return jdbc.sql("select count(*) from policies").query(Long.class).single();
  }

  /** Keeps others from changing it until the transaction ends. */
  void lock(String id) {
    jdbc.sql("select pg_advisory_xact_lock(hashtext('policy ' || hub_tenant() || ' ' || ?))")
        .param(id)
        .query((row, n) -> "")
        .single();
  }

  void putPolicy(String id, boolean enabled, String definition, String author) {
    int version = nextVersion(id);
    jdbc.sql(
            """
            insert into policies (id, tenant_id, version, enabled, definition, author)
            values (:id, hub_tenant(), :version, :enabled, cast(:definition as jsonb), :author)
            on conflict (tenant_id, id) do update
              set version = excluded.version, enabled = excluded.enabled, definition = excluded.definition,
                  author = excluded.author, updated_at = now()
            """)
        .param("id", id)
        .param("version", version)
        .param("enabled", enabled)
        .param("definition", definition)
        .param("author", author)
        .update();
    keep(id, version, definition, author);
  }

  void putBook(String name, String definition, String author) {
    int version = nextVersion(BOOK + name);
    jdbc.sql(
            """
            insert into policy_books (tenant_id, name, version, definition, author)
            values (hub_tenant(), :name, :version, cast(:definition as jsonb), :author)
            on conflict (tenant_id, name) do update
              set version = excluded.version, definition = excluded.definition, author = excluded.author, updated_at = now()
            """)
        .param("name", name)
        .param("version", version)
        .param("definition", definition)
        .param("author", author)
        .update();
    keep(BOOK + name, version, definition, author);
  }

  /** Takes it away; its versions stay, with one that says so. */
  void deletePolicy(String id, String author) {
    keep(id, nextVersion(id), null, author);
    jdbc.sql("delete from policies where id = ?").param(id).update();
  }

  void deleteBook(String name, String author) {
    keep(BOOK + name, nextVersion(BOOK + name), null, author);
    jdbc.sql("delete from policy_books where name = ?").param(name).update();
  }

  private int nextVersion(String id) {
    return jdbc.sql(
            """
            select greatest(coalesce((select max(version) from policy_versions where id = :id), 0),
                            coalesce((select version from policies where id = :id), 0)) + 1
            """)
        .param("id", id)
        .query(Integer.class)
        .single();
  }

  private void keep(String id, int version, @Nullable String definition, String author) {
    jdbc.sql(
            """
            insert into policy_versions (tenant_id, id, version, definition, author)
            values (hub_tenant(), ?, ?, cast(? as jsonb), ?)
            """)
        .params(id, version, definition, author)
        .update();
  }

  /** Newest first. */
  List<Version> versions(String id) {
    return jdbc.sql(
            "select version, definition::text as definition, author, at from policy_versions where id = ? order by version desc limit 500")
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

  List<Version> bookVersions(String name) {
    return versions(BOOK + name);
  }

  private static PolicyView view(ResultSet row, int number) throws SQLException {
    return new PolicyView(
        row.getString("id"),
        row.getInt("version"),
        row.getBoolean("enabled"),
        java.util.Objects.requireNonNull(tree(row.getString("definition"))),
        row.getString("author"),
        row.getTimestamp("updated_at").toInstant());
  }

  static @Nullable JsonNode tree(@Nullable String text) {
    try {
      return text == null ? null : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }
}
