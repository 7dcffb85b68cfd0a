package io.caravanhub.hub.sparkplug;

import java.time.Duration;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whose a group of a broker outside is: the tenant of that name, or {@code default}. Thread-safe.
 */
@Component
class GroupTenants {
  private static final long KEPT_NANOS = Duration.ofSeconds(30).toNanos();

  private final JdbcClient jdbc;
  private volatile Known known = new Known(Set.of(), System.nanoTime());

  private record Known(Set<String> tenants, long until) {}

  GroupTenants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  String of(String group) {
    Known now = known;
    if (now.until - System.nanoTime() <= 0) {
      now =
          new Known(
              Set.copyOf(jdbc.sql("select id from tenant_ids() id").query(String.class).list()),
              System.nanoTime() + KEPT_NANOS);
      known = now;
    }
    return now.tenants.contains(group) ? group : "default";
  }
}
