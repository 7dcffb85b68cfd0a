package io.caravanhub.hub.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.hub.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the very roles the hub runs as can see and do, on the schema as Flyway lays it. */
class TenancyTest {
  private static final List<String> ROLES = List.of("hub_app", "hub_writer");

  private final String mine = TestDatabase.tenant();
  final String theirs = TestDatabase.tenant();

  /** A row of the other tenant in every table that has a tenant. */
  @BeforeEach
  void fill() {
    String device = TestDatabase.device(theirs, "S-1", "sensor", "M");
    TestDatabase.store(device, "temperature", Instant.now(), 20);
    TestDatabase.owner()
        .sql("select ensure_raw_day(date '2026-01-02')::text")
        .query((row, n) -> "")
        .list();
    for (String sql :
        List.of(
            "insert into tokens (hash, tenant_id, role, subject) values (sha256('%1$s'::bytea), '%1$s', 'admin', 'x')",
            "insert into gateways (tenant_id, serial, name) values ('%1$s', 'G', 'G')",
            "insert into gateway_sequences (tenant_id, gateway_id, epoch, received)"
                + " select '%1$s', id, gen_random_uuid(), '{}' from gateways where tenant_id = '%1$s'",
            "insert into gateway_health (tenant_id, gateway_id, at)"
                + " select '%1$s', id, now() from gateways where tenant_id = '%1$s'",
            "insert into gateway_certificates (fingerprint, tenant_id, gateway_id, subject, not_after)"
                + " select sha256('%1$s'::bytea), '%1$s', id, 'CN=g', now() from gateways where tenant_id = '%1$s'",
            "insert into gateway_enrolments (code_hash, tenant_id, gateway_id, created_by, expires_at)"
                + " select sha256('%1$s'::bytea), '%1$s', id, 'a', now() from gateways where tenant_id = '%1$s'",
            "insert into gateway_versions (tenant_id, gateway_id, version, files, sha256, author, reason)"
                + " select '%1$s', id, 1, '{}', '', 'a', 'r' from gateways where tenant_id = '%1$s'",
            "insert into gateway_drafts (tenant_id, gateway_id, revision, files, based_on, author)"
                + " select '%1$s', id, 1, '{}', 0, 'a' from gateways where tenant_id = '%1$s'",
            "insert into gateway_software (tenant_id, version, sha256, signature, author) values ('%1$s', '1', '', '', 'a')",
            "insert into gateway_reports (tenant_id, gateway_id, kind, version, state)"
                + " select '%1$s', id, 'software', '1', 'healthy' from gateways where tenant_id = '%1$s'",
            "insert into gateway_commands (tenant_id, gateway_id, device_id, metric, value, state, actor, expires_at)"
                + " select '%1$s', g.id, d.id, 'm', '1', 'DONE', 'a', now() from gateways g, devices d where g.tenant_id = '%1$s' and d.tenant_id = '%1$s'",
            "insert into assets (tenant_id, id, name) values ('%1$s', 'A', 'A')",
            "insert into bindings (tenant_id, device_id, asset_id) select '%1$s', id, 'A' from devices where tenant_id = '%1$s'",
            "insert into asset_definitions (tenant_id, kind, name, definition, author) values ('%1$s', 'type', 'x', '{}', '')",
            "insert into asset_health (tenant_id, asset_id, at, score, band, judged_by) values ('%1$s', 'A', now(), 100, 'Healthy', '')",
            "insert into device_certificates (fingerprint, tenant_id, device_id, subject, not_after)"
                + " select sha256('%1$s'::bytea), '%1$s', id, 'CN=x', now() from devices where tenant_id = '%1$s'",
            "insert into metrics (tenant_id, key) values ('%1$s', 'own')",
            "insert into mappings (tenant_id, name, version, content, sha256, author) values ('%1$s', 'm', 1, '', '', '')",
            "insert into rules (tenant_id, id, definition, source, author) values ('%1$s', 'r', '{}', '', '')",
            "insert into policies (tenant_id, id, definition) values ('%1$s', 'p', '{}')",
            "insert into rule_versions (tenant_id, id, version, author) values ('%1$s', 'r', 1, '')",
            "insert into shadow_events (tenant_id, dedup_key, device_id, rule_id, event_type, severity, message, opened_at)"
                + " select '%1$s', 'k', id, 'r', 'warning', 'low', 'm', now() from devices where tenant_id = '%1$s'",
            "insert into fsm_connections (tenant_id, product, name) values ('%1$s', 'p', 'n')",
            "insert into fsm_callbacks (tenant_id, connection_id, delivery) select '%1$s', id, 'd' from fsm_connections where tenant_id = '%1$s'",
            "insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)"
                + " select '%1$s', 'k', id, 'r', 'f', 'warning', 'low', 'm', now(), now() from devices where tenant_id = '%1$s'",
            "insert into policy_versions (tenant_id, id, version, author) values ('%1$s', 'p', 1, '')",
            "insert into policy_books (tenant_id, name, version, definition, author) values ('%1$s', 'limits', 1, '[]', '')",
            "insert into policy_waits (tenant_id, event_id, policy_id, due_at) select '%1$s', id, 'p', 'infinity' from events where tenant_id = '%1$s'",
            "insert into actions (tenant_id, event_id, kind, external_identifier, idempotency_key, payload)"
                + " select '%1$s', id, 'task', 'e', 'i', '{}' from events where tenant_id = '%1$s'",
            "insert into event_actions (tenant_id, event_id, action_id) select '%1$s', event_id, id from actions where tenant_id = '%1$s'",
            "insert into event_series (tenant_id, event_id, metric, from_at) select '%1$s', id, 'm', now() from events where tenant_id = '%1$s'",
            "insert into dead_letters (tenant_id, source, reason, payload) values ('%1$s', 'mqtt', 'r', '')",
            "insert into metric_limits (tenant_id, key) values ('%1$s', 'temperature')",
            "insert into dead_letter_edits (tenant_id, letter_id, payload, actor) select '%1$s', id, '', 'a' from dead_letters where tenant_id = '%1$s'",
            "insert into notices (tenant_id, kind, message) values ('%1$s', 'k', 'm')",
            "insert into replays (tenant_id, kind, filter, actor) values ('%1$s', 'raw', '{}', 'a')",
            "insert into raw_messages (tenant_id, received_at, device_id, source, headers, payload, made_metrics, made_at)"
                + " select '%1$s', date '2026-01-02', id, 'mqtt', '{}', '', '{}', '{}' from devices where tenant_id = '%1$s'",
            "insert into device_types (tenant_id, name, author) values ('%1$s', 't', 'a')",
            "insert into chunk_sets (tenant_id, device_id, correlation_id, total, headers, deadline)"
                + " select '%1$s', id, 'c', 2, '{}', now() from devices where tenant_id = '%1$s'",
            "insert into telemetry_chunks (tenant_id, device_id, correlation_id, sequence, hash)"
                + " select '%1$s', device_id, 'c', 0, '' from chunk_sets where tenant_id = '%1$s'",
            "insert into connections (tenant_id, oem, name, kind) values ('%1$s', 'o', 'n', 'poll')",
            "insert into connection_devices (tenant_id, connection_id, external_id, device_id)"
                + " select '%1$s', c.id, 'x', d.id from connections c, devices d where c.tenant_id = '%1$s' and d.tenant_id = '%1$s'",
            "insert into webhook_proofs (tenant_id, oem, digest, until) values ('%1$s', 'o', 'd', now())",
            "insert into notification_brands (tenant_id) values ('%1$s')",
            "insert into notification_channels (tenant_id, kind, name) values ('%1$s', 'slack', 's')",
            "insert into recipients (tenant_id, name) values ('%1$s', 'r')",
            "insert into audiences (tenant_id, name) values ('%1$s', 'a')",
            "insert into notification_templates (tenant_id, name, language, text) values ('%1$s', 'event', 'en', 't')",
            "insert into webhook_subscriptions (tenant_id, url, wants) values ('%1$s', 'https://x', '{*}')",
            "insert into messages (tenant_id, kind, channel_id, name, facts, dedup_key, state)"
                + " select '%1$s', 'notification', id, 'event', '{}', 'k', 'SENT' from notification_channels where tenant_id = '%1$s'",
            "insert into unsubscribes (tenant_id, channel, address) values ('%1$s', 'smtp', 'a')",
            "insert into escalations (tenant_id, event_id, audience, step, due_at)"
                + " select '%1$s', id, 'a', 1, now() + interval '1 day' from events where tenant_id = '%1$s'",
            "insert into happenings (tenant_id, what, event_id) values ('%1$s', 'event.raised', gen_random_uuid())",
            "insert into event_feed (tenant_id, device_id, change, facts) values ('%1$s', gen_random_uuid(), 'raised', '{}')",
            "insert into inbox (tenant_id, severity, title, body, dedup_key) values ('%1$s', 'low', 't', 'b', 'k')",
            "insert into inbox_reads (tenant_id, inbox_id, subject) select '%1$s', id, 's' from inbox where tenant_id = '%1$s'",
            "insert into audit (tenant_id, actor, verb, subject) values ('%1$s', 'a', 'v', 's')")) {
      TestDatabase.owner().sql(sql.formatted(theirs)).update();
    }
  }

  /** Other tests look at all tenants' rules and outboxes. */
  @AfterEach
  void takeAway() {
    for (String table :
        List.of("event_actions", "actions", "events", "rules", "policies", "replays")) {
      TestDatabase.owner()
          .sql("delete from " + table + " where tenant_id = ?")
          .param(theirs)
          .update();
    }
  }

  @Test
  void fillsEveryTableThatHasATenant() {
    assertThat(tables())
        .allSatisfy(
            table ->
                assertThat(
                        TestDatabase.owner()
                            .sql("select count(*) from " + table + " where tenant_id = ?")
                            .param(theirs)
                            .query(Long.class)
                            .single())
                    .as("a row in %s, to see that it cannot be seen", table)
                    .isPositive());
  }

  @Test
  void showsNoRowOfAnotherTenantInAnyTable() throws SQLException {
    for (String role : ROLES) {
      for (String table : tables()) {
        assertThat(seen(role, mine, table, "tenant_id = '" + theirs + "'"))
            .as("%s reads %s", role, table)
            .isZero();
        assertThat(seen(role, "", table, "tenant_id is not null"))
            .as("%s without a tenant reads %s", role, table)
            .isZero();
      }
    }
  }

  @Test
  void changesAndDeletesNoRowOfAnotherTenantInAnyTable() throws SQLException {
    for (String role : ROLES) {
      for (String table : tables()) {
        for (String sql :
            List.of(
                "update " + table + " set tenant_id = tenant_id where tenant_id = '" + theirs + "'",
                "delete from " + table + " where tenant_id = '" + theirs + "'")) {
          assertThat(changed(role, sql)).as("%s: %s", role, sql).isZero();
        }
      }
    }
  }

  @Test
  void entersNoRowForAnotherTenantInAnyTable() throws SQLException {
    for (String role : ROLES) {
      for (String table : tables()) {
        String row =
            TestDatabase.owner()
                .sql("select to_jsonb(t)::text from " + table + " t where tenant_id = ? limit 1")
                .param(theirs)
                .query(String.class)
                .single();
        String again =
            "insert into %1$s (%3$s) overriding system value select %3$s from jsonb_populate_record(null::%1$s, '%2$s')";
        assertThat(changed(role, again.formatted(table, row, columns(table))))
            .as("%s enters a row of another tenant into %s", role, table)
            .isZero();
      }
      assertThat(
              changed(
                  role,
                  "insert into assets (tenant_id, id, name) values ('" + theirs + "', 'B', 'B')"))
          .isZero();
      assertThat(
              changed(
                  role,
                  "insert into metrics (tenant_id, key) values ('" + theirs + "', 'planted')"))
          .isZero();
      assertThat(changed(role, "insert into metrics (tenant_id, key) values (null, 'planted')"))
          .isZero();
    }
  }

  @Test
  void movesNoRowToAnotherTenant() throws SQLException {
    TestDatabase.device(mine, "S-1", "sensor", "M");
    assertThat(changed("hub_app", "update devices set tenant_id = '" + theirs + "'")).isZero();
  }

  @Test
  void everyTableWithATenantIsUnderForcedRowSecurityWithACheckedPolicy() {
    for (String table : tables()) {
      assertThat(
              TestDatabase.owner()
                  .sql(
                      "select relrowsecurity and relforcerowsecurity from pg_class where oid = ?::regclass")
                  .param(table)
                  .query(Boolean.class)
                  .single())
          .as(table)
          .isTrue();
      assertThat(
              TestDatabase.owner()
                  .sql(
                      """
                      select count(*) from pg_policies
                       where tablename = ? and roles && array['hub_app', 'hub_writer', 'public']::name[]
                         and coalesce(with_check, qual) not like '%hub_tenant()%'\
                      """)
                  .param(table)
                  .query(Long.class)
                  .single())
          .as("policies of %s without the tenant", table)
          .isZero();
    }
  }

  @Test
  void showsTelemetryThroughTheViewAndOnlyTheTenantsOwn() throws SQLException {
    String device = TestDatabase.device(mine, "S-1", "sensor", "M");
    TestDatabase.store(device, "temperature", Instant.now(), 21);

    assertThat(seen("hub_app", mine, "telemetry_values", "true")).isEqualTo(1);
    assertThat(seen("hub_app", theirs, "telemetry_values", "value = 20")).isEqualTo(1);
    assertThat(seen("hub_app", mine, "telemetry_values", "value = 20")).isZero();
    assertThat(seen("hub_app", "", "telemetry_values", "true")).isZero();
    assertDenied("hub_app", "select * from telemetry_series");
    String series =
        TestDatabase.owner()
            .sql(
                "select d.key || ', ' || s.metric_id from devices d join telemetry_series s on s.device_id = d.key where d.id = cast(? as uuid)")
            .param(device)
            .query(String.class)
            .single();
    for (String read :
        List.of(
            "device_series(" + series.split(",")[0] + ")",
            "telemetry_newest(" + series + ", '-infinity', 'infinity')",
            "telemetry_span(" + series + ", '-infinity', 'infinity', true, 10)")) {
      assertThat(seen("hub_app", mine, read, "true")).as(read).isEqualTo(1);
      assertThat(seen("hub_app", theirs, read, "true")).as(read).isZero();
      assertThat(seen("hub_app", "", read, "true")).as(read).isZero();
      assertDenied("hub_writer", "select * from " + read);
    }
  }

  @Test
  void letsTheApplicationReadNeitherTelemetryNorAPartitionByName() throws SQLException {
    List<String> partitions =
        TestDatabase.owner().sql("select name from telemetry_days()").query(String.class).list();
    assertThat(partitions).isNotEmpty();
    for (String role : ROLES) {
      for (String partition : partitions) {
        assertDenied(role, "select * from " + partition);
        assertDenied(role, "insert into " + partition + " select * from " + partition);
      }
    }
    assertDenied("hub_app", "select * from telemetry");
    assertDenied(
        "hub_app", "insert into telemetry (device_id, metric_id, ts) values (1, 1, now())");
  }

  @Test
  void letsNobodyReadAPartitionOfRawMessagesByName() throws SQLException {
    for (String role : ROLES) {
      assertDenied(role, "select * from raw_messages_20260102");
      assertDenied(role, "delete from raw_messages_20260102");
    }
    assertDenied("hub_writer", "select * from raw_messages");
  }

  @Test
  void replaysNoTelemetryOfAnotherTenant() throws SQLException {
    int key =
        TestDatabase.owner()
            .sql("select key from devices where tenant_id = ?")
            .param(theirs)
            .query(Integer.class)
            .single();
    String none = "'{}'::int[], '{}'::int[], '{}'::bigint[]";
    String one = "array[" + key + "], array[1], array[1700000000000000]";
    assertDenied(
        "hub_app",
        "select * from replay_telemetry(-1, "
            + one
            + ", array[1.5], array[null::text], array[0::int2], "
            + none
            + ")");
    assertDenied(
        "hub_app",
        "select * from replay_telemetry(-1, "
            + none
            + ", '{}'::float8[], '{}'::text[], '{}'::int2[], "
            + one
            + ")");
  }

  @Test
  void letsTheWriterReadAndAddTelemetryAndNothingElse() throws SQLException {
    List<String> rights =
        TestDatabase.owner()
            .sql(
                "select table_name || ' ' || privilege_type from information_schema.role_table_grants where grantee = 'hub_writer' order by 1")
            .query(String.class)
            .list();

    assertThat(rights)
        .containsExactly("telemetry INSERT", "telemetry SELECT", "telemetry_series INSERT");
    assertDenied("hub_writer", "update telemetry set value = 0");
    assertDenied("hub_writer", "delete from telemetry");
    assertDenied("hub_writer", "truncate telemetry");
    assertDenied("hub_writer", "select * from telemetry_values");
    assertDenied("hub_writer", "select * from tenant_ids()");
    assertDenied("hub_writer", "select * from authenticate('')");
  }

  @Test
  void rolesHaveNoWayRoundTheWalls() throws SQLException {
    for (String role : ROLES) {
      assertThat(
              TestDatabase.owner()
                  .sql(
                      "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin from pg_roles where rolname = ?")
                  .param(role)
                  .query(Boolean.class)
                  .single())
          .as(role)
          .isFalse();
      assertThat(
              TestDatabase.owner()
                  .sql("select count(*) from pg_class where relowner = ?::regrole")
                  .param(role)
                  .query(Long.class)
                  .single())
          .as("what %s owns", role)
          .isZero();
      assertThat(
              TestDatabase.owner()
                  .sql("select count(*) from pg_auth_members where member = ?::regrole")
                  .param(role)
                  .query(Long.class)
                  .single())
          .as("roles that %s may become", role)
          .isZero();
      assertDenied(role, "create table public.planted (a int)");
      assertDenied(role, "alter table devices disable row level security");
      assertDenied(role, "drop policy tenant_rows on devices");
      assertDenied(role, "truncate devices");
      assertDenied(role, "create function public.planted() returns int language sql as 'select 1'");
    }
    assertDenied("hub_app", "select ensure_telemetry_day(current_date)");
    assertDenied("hub_app", "delete from audit");
    assertDenied("hub_app", "update audit set actor = 'nobody'");
  }

  /** The columns of a table that are not computed from others. */
  private static String columns(String table) {
    return TestDatabase.owner()
        .sql(
            """
            select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns
             where table_schema = 'public' and table_name = ? and is_generated = 'NEVER'\
            """)
        .param(table)
        .query(String.class)
        .single();
  }

  private static List<String> tables() {
    return TestDatabase.owner()
        .sql(
            """
            select c.table_name from information_schema.columns c
              join information_schema.tables t using (table_schema, table_name)
              join pg_class k on k.oid = format('%I.%I', c.table_schema, c.table_name)::regclass and not k.relispartition
             where c.table_schema = 'public' and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE' order by 1\
            """)
        .query(String.class)
        .list();
  }

  private static long seen(String role, String tenant, String table, String where)
      throws SQLException {
    try (Connection connection = as(role, tenant);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select count(*) from " + table + " where " + where)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      return denied(e);
    }
  }

  /** Rows that the statement touched; nothing stays. */
  private long changed(String role, String sql) throws SQLException {
    try (Connection connection = as(role, mine);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      try {
        return statement.executeUpdate(sql);
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      return denied(e);
    }
  }

  /** SQLSTATE 42501, insufficient_privilege, also for a row that a policy refuses. */
  private static long denied(SQLException e) throws SQLException {
    if (e.getSQLState().equals("42501")) {
      return 0;
    }
    throw e;
  }

  private void assertDenied(String role, String sql) throws SQLException {
    try (Connection connection = as(role, mine);
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql))
          .as("%s: %s", role, sql)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }
  }

  private static Connection as(String role, String tenant) throws SQLException {
    Connection connection = TestDatabase.connection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("set role " + role);
      statement.execute("set hub.tenant = '" + tenant + "'");
    }
    return connection;
  }
}
