package io.caravanhub.hub.notify;

import io.caravanhub.hub.connector.ConnectionSettings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The channels of the tenant in force. Thread-safe. */
@Component
class ChannelRows {
  private static final String SELECT =
      """
      select id, tenant_id, kind, name, enabled, settings::text as settings, credentials, failures, rest_until, last_success_at, last_error
        from notification_channels \
      """;

  private final JdbcClient jdbc;
  private final ConnectionSettings settings;

  ChannelRows(JdbcClient jdbc, ConnectionSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  List<Channel> all() {
    return jdbc.sql(SELECT + "order by name").query(this::channel).list();
  }

  Optional<Channel> find(UUID id) {
    return jdbc.sql(SELECT + "where id = ?").params(id).query(this::channel).optional();
  }

  void insert(UUID id, ChannelKind kind, String name, Map<String, String> given) {
    jdbc.sql(
            "insert into notification_channels (id, tenant_id, kind, name, settings) values (?, hub_tenant(), ?, ?, ?::jsonb)")
        .params(id, kind.label(), name, settings.write(given))
        .update();
  }

  /** What is set anew is tried at once. */
  void update(
      UUID id, String name, boolean enabled, Map<String, String> given, byte @Nullable [] sealed) {
    jdbc.sql(
            """
            update notification_channels set name = ?, enabled = ?, settings = ?::jsonb, credentials = ?, failures = 0, rest_until = null,
                   updated_at = now() where id = ?\
            """)
        .params(name, enabled, settings.write(given), sealed, id)
        .update();
  }

  void credentials(UUID id, byte[] sealed) {
    jdbc.sql("update notification_channels set credentials = ? where id = ?")
        .params(sealed, id)
        .update();
  }

  void delete(UUID id) {
    jdbc.sql("delete from notification_channels where id = ?").params(id).update();
  }

  private Channel channel(ResultSet row, int number) throws SQLException {
    return new Channel(
        row.getObject("id", UUID.class),
        row.getString("tenant_id"),
        ChannelKind.of("kind", row.getString("kind")),
        row.getString("name"),
        row.getBoolean("enabled"),
        settings.texts(row.getString("settings")),
        row.getBytes("credentials"),
        row.getInt("failures"),
        instant(row.getTimestamp("rest_until")),
        instant(row.getTimestamp("last_success_at")),
        row.getString("last_error"));
  }

  static @Nullable Instant instant(@Nullable Timestamp at) {
    return at == null ? null : at.toInstant();
  }
}
