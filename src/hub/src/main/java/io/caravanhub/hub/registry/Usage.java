package io.caravanhub.hub.registry;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.SharedValues;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** {@code GET /usage}: what the tenant uses. Thread-safe. */
@Component("usage")
public class Usage {
  private static final Duration ONLINE = Duration.ofSeconds(60);

  private final JdbcClient jdbc;
  private final LatestValues latest;
  private final SharedValues shared;

  public Usage(JdbcClient jdbc, LatestValues latest, SharedValues shared) {
    this.jdbc = jdbc;
    this.latest = latest;
    this.shared = shared;
  }

  /** Devices, readings, events and actions, now. */
  public Map<String, Object> get() {
    List<String> devices =
        jdbc.sql(
                "select id::text from devices where status in ('active', 'maintenance') and connection_type <> 'asset'")
            .query(String.class)
            .list();
    shared.refreshSeen(devices, ONLINE);
    Instant recently = Instant.now().minus(ONLINE);
    long online =
        devices.stream()
            .map(latest::lastSeen)
            .filter(seen -> seen != null && seen.isAfter(recently))
            .count();
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("devices", devices.size());
    usage.put("devices_online", online);
    usage.put("readings_since_start", latest.readings(CallerContext.current().tenant()));
    usage.putAll(
        jdbc.sql(
                """
                select (select count(*) from events where resolved_at is null and status in ('open', 'acknowledged', 'linked_to_work_order')) as open_events,
                       (select count(*) from actions where kind = 'work_order') as work_orders,
                       (select count(*) from actions where kind = 'quote') as quotes,
                       (select count(*) from dead_letters where status = 'kept') as dead_letters\
                """)
            .query()
            .singleRow());
    return usage;
  }
}
