package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.Template;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How long clouds want to be left alone, known to all hubs on the database. A limit counts for a
 * connection, or for all that share what {@code rate.per} names, such as a client of the OEM's.
 * Thread-safe.
 */
@Component
class CloudLimits {
  private final JdbcClient jdbc;

  CloudLimits(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What the limit of a connection counts; a hash, for it is made of a credential. */
  byte[] key(Connection connection, Cloud cloud, Function<String, @Nullable String> values) {
    String per = cloud.rate().per();
    String counted = "connection " + connection.id();
    if (!per.isEmpty()) {
      try {
        counted = "client " + Template.fill(per, values);
      } catch (CloudException e) {
        // Without the credential the poll will say so.
      }
    }
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(
              (connection.oem() + "\n" + cloud.base() + "\n" + counted)
                  .getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Until when the cloud is not to be asked; empty when it may be. */
  Optional<Instant> blocked(byte[] key) {
    return jdbc.sql(
            "select blocked_until from cloud_limits where key = ? and blocked_until > now()")
        .param(key)
        .query(Timestamp.class)
        .optional()
        .map(Timestamp::toInstant);
  }

  /** Notes that the cloud takes no more before this time; a shorter wait takes nothing back. */
  void block(byte[] key, String oem, Instant until) {
    jdbc.sql(
            """
            insert into cloud_limits (key, oem, blocked_until) values (?, ?, ?)
            on conflict (key) do update set blocked_until = greatest(cloud_limits.blocked_until, excluded.blocked_until)\
            """)
        .params(key, oem, Timestamp.from(until))
        .update();
  }
}
