package io.caravanhub.hub.notify;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The webhook subscriptions of the tenant in force. Thread-safe. */
@Component
class SubscriptionRows {
  private static final String SELECT =
      """
      select id, tenant_id, name, url, wants, enabled, credentials, disabled_reason, failures, failing_since, last_success_at, last_error
        from webhook_subscriptions \
      """;

  private final JdbcClient jdbc;

  SubscriptionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<Subscription> all() {
    return jdbc.sql(SELECT + "order by created_at, id").query(SubscriptionRows::row).list();
  }

  Optional<Subscription> find(UUID id) {
    return jdbc.sql(SELECT + "where id = ?").params(id).query(SubscriptionRows::row).optional();
  }

  void save(UUID id, String name, String url, List<String> wants, boolean enabled) {
    jdbc.sql(
            """
            insert into webhook_subscriptions (id, tenant_id, name, url, wants, enabled) values (?, hub_tenant(), ?, ?, ?::text[], ?)
            on conflict (id) do update set name = excluded.name, url = excluded.url, wants = excluded.wants, enabled = excluded.enabled,
              disabled_reason = null, failures = 0, rest_until = null, failing_since = null, updated_at = now()\
            """)
        .params(id, name, url, "{" + String.join(",", wants) + "}", enabled)
        .update();
  }

  void credentials(UUID id, byte @Nullable [] sealed) {
    jdbc.sql("update webhook_subscriptions set credentials = ? where id = ?")
        .params(sealed, id)
        .update();
  }

  /**
   * Nothing more is sent there.
   *
   * @return whether it was enabled
   */
  boolean disable(UUID id, String reason) {
    return jdbc.sql(
                "update webhook_subscriptions set enabled = false, disabled_reason = ?, updated_at = now() where id = ? and enabled")
            .params(reason, id)
            .update()
        > 0;
  }

  void delete(UUID id) {
    jdbc.sql("delete from webhook_subscriptions where id = ?").params(id).update();
  }

  private static Subscription row(ResultSet row, int number) throws SQLException {
    Array wants = row.getArray("wants");
    return new Subscription(
        row.getObject("id", UUID.class),
        row.getString("tenant_id"),
        row.getString("name"),
        row.getString("url"),
        List.of((String[]) wants.getArray()),
        row.getBoolean("enabled"),
        row.getBytes("credentials"),
        row.getString("disabled_reason"),
        row.getInt("failures"),
        ChannelRows.instant(row.getTimestamp("failing_since")),
        ChannelRows.instant(row.getTimestamp("last_success_at")),
        row.getString("last_error"));
  }
}
