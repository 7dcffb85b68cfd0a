package io.caravanhub.hub.fsm;

import io.caravanhub.hub.connector.ConnectionSettings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** FSM connections of the tenant in force. Thread-safe. */
@Component
class FsmConnectionRows {
  private static final String SELECT =
      """
      select id, tenant_id, product, name, state, join_orders, settings::text as settings, credentials, changed_since, updated_at,
             last_success_at, last_error
        from fsm_connections\
      """;

  private final JdbcClient jdbc;
  private final ConnectionSettings settings;

  FsmConnectionRows(JdbcClient jdbc, ConnectionSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  List<FsmConnection> all() {
    return jdbc.sql(SELECT + " order by name").query(this::connection).list();
  }

  Optional<FsmConnection> find(UUID id) {
    return jdbc.sql(SELECT + " where id = ?").params(id).query(this::connection).optional();
  }

  /** As {@link #find}, and nobody else changes it before the transaction ends. */
  Optional<FsmConnection> locked(UUID id) {
    return jdbc.sql(SELECT + " where id = ? for update")
        .params(id)
        .query(this::connection)
        .optional();
  }

  Optional<FsmConnection> enabled() {
    return jdbc.sql(SELECT + " where state = 'enabled'").query(this::connection).optional();
  }

  /** Whether any was ever enabled. */
  boolean anyUsed() {
    return jdbc.sql("select exists (select from fsm_connections where used)")
        .query(Boolean.class)
        .single();
  }

  /** How many actions are there and followed, or on their way there. */
  long actionsAt(@Nullable UUID id) {
    return jdbc.sql(
            """
            select count(*) from actions
             where connection_id = :id and (state in ('SENDING', 'UNKNOWN')
                   or state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD') and kind in ('work_order', 'task', 'quote'))\
            """)
        .param("id", id)
        .query(Long.class)
        .single();
  }

  void insert(UUID id, String product, String name, String join, Map<String, String> given) {
    jdbc.sql(
            """
            insert into fsm_connections (id, tenant_id, product, name, join_orders, settings)
            values (?, hub_tenant(), ?, ?, ?, ?::jsonb)\
            """)
        .params(id, product, name, join, settings.write(given))
        .update();
  }

  void update(UUID id, String join, Map<String, String> given, byte @Nullable [] sealed) {
    jdbc.sql(
            """
            update fsm_connections set join_orders = ?, settings = ?::jsonb, credentials = ?, updated_at = now() where id = ?\
            """)
        .params(join, settings.write(given), sealed, id)
        .update();
  }

  void credentials(UUID id, byte @Nullable [] sealed) {
    jdbc.sql("update fsm_connections set credentials = ? where id = ?").params(sealed, id).update();
  }

  void state(UUID id, boolean enabled) {
    jdbc.sql(
            "update fsm_connections set state = ?, used = used or ?, next_poll_at = now(), updated_at = now() where id = ?")
        .params(enabled ? "enabled" : "paused", enabled, id)
        .update();
  }

  boolean delete(UUID id) {
    return jdbc.sql("delete from fsm_connections where id = ?").params(id).update() > 0;
  }

  void went(UUID id, @Nullable String error) {
    jdbc.sql(
            error == null
                ? "update fsm_connections set last_success_at = now(), last_error = null where id = :id"
                : "update fsm_connections set last_error = :error, last_error_at = now() where id = :id")
        .param("id", id)
        .param("error", error)
        .update();
  }

  /** Whether it is this hub's turn to ask for changes; the next turn is a while later. */
  boolean takePoll(UUID id, Duration every) {
    return jdbc.sql(
                """
                update fsm_connections set next_poll_at = now() + ? * interval '1 millisecond'
                 where id = ? and next_poll_at <= now()\
                """)
            .params(every.toMillis(), id)
            .update()
        > 0;
  }

  /** The next poll is now. */
  void pollNow(UUID id) {
    jdbc.sql("update fsm_connections set next_poll_at = now() where id = ?").params(id).update();
  }

  void changedSince(UUID id, Instant since) {
    jdbc.sql("update fsm_connections set changed_since = greatest(changed_since, ?) where id = ?")
        .params(Timestamp.from(since), id)
        .update();
  }

  /** Whether a callback's delivery is a new one. */
  boolean isNew(UUID id, String delivery) {
    return jdbc.sql(
                """
                insert into fsm_callbacks (tenant_id, connection_id, delivery) values (hub_tenant(), ?, ?) on conflict do nothing\
                """)
            .params(id, delivery)
            .update()
        > 0;
  }

  private FsmConnection connection(ResultSet row, int number) throws SQLException {
    Timestamp success = row.getTimestamp("last_success_at");
    return new FsmConnection(
        row.getObject("id", UUID.class),
        row.getString("tenant_id"),
        row.getString("product"),
        row.getString("name"),
        row.getString("state").equals("enabled"),
        row.getString("join_orders"),
        settings.texts(row.getString("settings")),
        row.getBytes("credentials"),
        row.getTimestamp("changed_since").toInstant(),
        row.getTimestamp("updated_at").toInstant(),
        success == null ? null : success.toInstant(),
        row.getString("last_error"));
  }
}
