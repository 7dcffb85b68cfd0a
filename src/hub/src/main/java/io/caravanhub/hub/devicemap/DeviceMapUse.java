package io.caravanhub.hub.devicemap;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which devices of the tenant in force are read by a map. Thread-safe. */
@Component
class DeviceMapUse {
  private static final int SHOWN = 20;

  private final JdbcClient jdbc;

  DeviceMapUse(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** How many, by map. */
  Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    jdbc.sql(
            """
            select connection->>'map', count(*) from devices
             where connection->>'map' is not null and status <> 'decommissioned' group by 1\
            """)
        .query(
            row -> {
              counts.put(row.getString(1), row.getInt(2));
            });
    return counts;
  }

  /** Serials of the first twenty. */
  List<String> serials(String map) {
    return jdbc.sql(
            """
            select serial from devices
             where connection->>'map' = ? and status <> 'decommissioned' order by serial limit ?\
            """)
        .params(map, SHOWN)
        .query(String.class)
        .list();
  }
}
