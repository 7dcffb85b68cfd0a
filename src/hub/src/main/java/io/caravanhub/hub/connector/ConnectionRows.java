package io.caravanhub.hub.connector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Connections of the tenant in force. Thread-safe. */
@Component
class ConnectionRows {
  private static final String SELECT =
      """
      select id, tenant_id, oem, name, kind, state, devices, settings::text as settings, credentials, every_seconds,
             position::text as position, lease_epoch, failures, next_poll_at
        from connections\
      """;
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  ConnectionRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  Optional<Connection> find(UUID id) {
    return jdbc.sql(SELECT + " where id = ?").params(id).query(this::connection).optional();
  }

  /** As {@link #find}, for whoever will write it in this transaction. */
  Optional<Connection> locked(UUID id) {
    return jdbc.sql(SELECT + " where id = ? for update")
        .params(id)
        .query(this::connection)
        .optional();
  }

  /** The enabled connections with an OEM. */
  List<Connection> enabled(String oem) {
    return jdbc.sql(SELECT + " where oem = ? and state = 'enabled' order by created_at")
        .params(oem)
        .query(this::connection)
        .list();
  }

  void insert(UUID id, String oem, String name, String kind, boolean registers, boolean enabled) {
    jdbc.sql(
            """
            insert into connections (id, tenant_id, oem, name, kind, devices, state) values (?, hub_tenant(), ?, ?, ?, ?, ?)\
            """)
        .params(
            id, oem, name, kind, registers ? "register" : "claim", enabled ? "enabled" : "paused")
        .update();
  }

  void settings(UUID id, Map<String, String> settings, @Nullable Integer everySeconds) {
    jdbc.sql(
            "update connections set settings = ?::jsonb, every_seconds = ?, updated_at = now() where id = ?")
        .params(write(settings), everySeconds, id)
        .update();
  }

  void called(UUID id, String name, boolean registers) {
    jdbc.sql("update connections set name = ?, devices = ? where id = ?")
        .params(name, registers ? "register" : "claim", id)
        .update();
  }

  void credentials(UUID id, byte @Nullable [] sealed) {
    jdbc.sql("update connections set credentials = ?, updated_at = now() where id = ?")
        .params(sealed, id)
        .update();
  }

  /** Webhooks that were taken. */
  void took(UUID id, long messages, Instant last) {
    jdbc.sql("update connections set messages = messages + ?, last_success_at = ? where id = ?")
        .params(messages, Timestamp.from(last), id)
        .update();
  }

  /** Keeps what a consent brought; a poll under way, with the tokens of before, keeps nothing. */
  void consented(UUID id, byte[] sealed) {
    jdbc.sql(
            """
            update connections set credentials = ?, lease_epoch = lease_epoch + 1, lease_owner = null, lease_until = null,
                   updated_at = now() where id = ?\
            """)
        .params(sealed, id)
        .update();
  }

  /** The same credentials under another key. */
  void resealed(UUID id, byte[] sealed) {
    jdbc.sql("update connections set credentials = ? where id = ?").params(sealed, id).update();
  }

  /** The next poll is now, and what failed before is forgotten. */
  void state(UUID id, boolean enabled) {
    jdbc.sql(
            """
            update connections set state = ?, updated_at = now(), failures = 0, last_error = null,
                   next_poll_at = case when ? then now() else next_poll_at end where id = ?\
            """)
        .params(enabled ? "enabled" : "paused", enabled, id)
        .update();
  }

  /** How many letters polls of the OEM have left since then; of all its connections. */
  long lettersSince(Connection connection, Instant since) {
    return jdbc.sql(
            "select count(*) from dead_letters where source = ? and created_at >= ? and status = 'kept'")
        .params("poll:" + connection.oem(), Timestamp.from(since))
        .query(Long.class)
        .single();
  }

  boolean delete(UUID id) {
    return jdbc.sql("delete from connections where id = ?").params(id).update() > 0;
  }

  private Connection connection(ResultSet row, int number) throws SQLException {
    int every = row.getInt("every_seconds");
    boolean own = !row.wasNull();
    Timestamp next = row.getTimestamp("next_poll_at");
    return new Connection(
        row.getObject("id", UUID.class),
        row.getString("tenant_id"),
        row.getString("oem"),
        row.getString("name"),
        row.getString("kind"),
        row.getString("state").equals("enabled"),
        row.getString("devices").equals("register"),
        texts(row.getString("settings")),
        row.getBytes("credentials"),
        own ? Duration.ofSeconds(every) : null,
        texts(row.getString("position")),
        row.getLong("lease_epoch"),
        row.getInt("failures"),
        next.toInstant());
  }

  Map<String, String> texts(String object) {
    try {
      return json.readValue(object, TEXTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  String write(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
