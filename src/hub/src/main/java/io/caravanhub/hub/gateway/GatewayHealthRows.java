package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.registry.Gateway;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The health of gateways in the database: the newest, and one row a minute. Thread-safe. */
@Component
class GatewayHealthRows {
  private final JdbcClient jdbc;

  GatewayHealthRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Stores what a gateway said.
   *
   * @param at when it came, by the hub's clock: the gateway's may be wrong
   */
  void store(Gateway gateway, JsonNode health, Instant at) {
    TenantScope.run(gateway.tenant(), () -> storeOwn(gateway, health, at));
  }

  private void storeOwn(Gateway gateway, JsonNode health, Instant at) {
    JsonNode spool = health.path("spool");
    JsonNode connections = health.path("connections");
    int down = 0;
    long reads = 0;
    long errors = 0;
    long reconnects = 0;
    for (JsonNode connection : connections) {
      down += isDown(connection) ? 1 : 0;
      reads += connection.path("reads").asLong(0);
      errors += connection.path("errors").asLong(0);
      reconnects += connection.path("reconnects").asLong(0);
    }
    jdbc.sql(
            """
            with newest as (
              update gateways set health = :health::jsonb, health_at = :at, last_seen_at = greatest(last_seen_at, :at) where id = :gateway)
            insert into gateway_health (tenant_id, gateway_id, at, spool_records, spool_bytes, dropped, uplink, rss_mb, disk_free_mb, temperature_c,
                                        clock_offset_ms, connections, connections_down, reads, errors, reconnects)
            values (hub_tenant(), :gateway, :minute, :records, :bytes, :dropped, :uplink, :rss, :disk, :temperature,
                    :clock, :connections, :down, :reads, :errors, :reconnects)
            on conflict (gateway_id, at) do update
               set spool_records = excluded.spool_records, spool_bytes = excluded.spool_bytes, dropped = excluded.dropped, uplink = excluded.uplink,
                   rss_mb = excluded.rss_mb, disk_free_mb = excluded.disk_free_mb, temperature_c = excluded.temperature_c,
                   clock_offset_ms = excluded.clock_offset_ms, connections = excluded.connections, connections_down = excluded.connections_down,
                   reads = excluded.reads, errors = excluded.errors, reconnects = excluded.reconnects\
            """)
        .param("health", health.toString().replace("\\u0000", ""))
        .param("at", Timestamp.from(at))
        .param("minute", Timestamp.from(at.truncatedTo(ChronoUnit.MINUTES)))
        .param("gateway", gateway.id())
        .param("records", whole(spool.path("records")))
        .param("bytes", whole(spool.path("bytes")))
        .param("dropped", whole(spool.path("dropped")))
        .param("uplink", health.path("uplink").isTextual() ? text(health.path("uplink")) : null)
        .param("rss", number(health.path("rss_mb")))
        .param("disk", number(health.path("disk_free_mb")))
        .param("temperature", number(health.path("temperature_c")))
        .param("clock", whole(health.path("clock_offset_ms")))
        .param("connections", connections.size())
        .param("down", down)
        .param("reads", reads)
        .param("errors", errors)
        .param("reconnects", reconnects)
        .update();
  }

  /** Whether a connection cannot be read now. */
  static boolean isDown(JsonNode connection) {
    return connection.path("state").asText("").toLowerCase(Locale.ROOT).equals("down");
  }

  private static String text(JsonNode value) {
    String text = value.asText();
    return text.length() > 50 ? text.substring(0, 50) : text;
  }

  private static @Nullable Long whole(JsonNode value) {
    return value.isNumber() ? value.asLong() : null;
  }

  private static @Nullable Double number(JsonNode value) {
    return value.isNumber() ? value.asDouble() : null;
  }
}
