package io.caravanhub.hub.console;

import io.caravanhub.hub.devicetype.DeviceType;
import io.caravanhub.hub.devicetype.DeviceTypeRows;
import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The device types of the tenant in force, and the devices that have them. */
@Component
class TypeList {
  private static final int MOST = 5_000;
  private static final Count NONE = new Count(0, 0);

  private final DeviceTypeRows rows;
  private final JdbcClient jdbc;

  TypeList(DeviceTypeRows rows, JdbcClient jdbc) {
    this.rows = rows;
    this.jdbc = jdbc;
  }

  private record Count(long devices, long virtual) {}

  /** Described types by name, then those that devices have and nobody described. */
  List<TypeLine> all() {
    Map<String, Count> counts = counts(null);
    List<TypeLine> lines = new ArrayList<>();
    for (Stored stored : rows.list(null, MOST)) {
      Count count = counts.remove(stored.type().name());
      lines.add(line(stored, count == null ? NONE : count));
    }
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .limit(MOST)
        .forEach(word -> lines.add(undescribed(word.getKey(), word.getValue())));
    return lines;
  }

  /** One type, described or not. */
  TypeLine of(String name, @Nullable Stored stored) {
    Count count = counts(name).getOrDefault(name, NONE);
    return stored == null ? undescribed(name, count) : line(stored, count);
  }

  /** Names to choose from: what is described and what devices have. */
  List<String> names() {
    return jdbc.sql(
            "select name from device_types union select device_type from devices where connection_type <> 'asset' order by 1 limit "
                + MOST)
        .query(String.class)
        .list();
  }

  /** Devices of the type in use, by serial; virtual ones behind those that speak. */
  List<TypeUser> users(String type, int limit) {
    return jdbc.sql(
            """
            with kept as (select device, count(*) as letters from dead_letters where status = 'kept' group by device)
            select d.id, d.serial, d.manufacturer, d.model, d.installation_location, p.serial as gateway,
                   coalesce((select sum(k.letters) from kept k where k.device in (d.serial, d.id::text)), 0) as letters
              from devices d left join devices p on p.id = d.parent_id
             where d.device_type = :type and d.status <> 'decommissioned' and d.connection_type <> 'asset'
             order by d.parent_id is not null, d.serial limit :limit\
            """)
        .param("type", type)
        .param("limit", limit)
        .query(TypeList::user)
        .list();
  }

  private static TypeUser user(ResultSet row, int number) throws SQLException {
    return new TypeUser(
        row.getString("id"),
        row.getString("serial"),
        (row.getString("manufacturer") + " " + row.getString("model")).strip(),
        row.getString("installation_location"),
        row.getString("gateway"),
        row.getLong("letters"));
  }

  private Map<String, Count> counts(@Nullable String type) {
    Map<String, Count> counts = new HashMap<>();
    jdbc.sql(
            """
            select device_type, count(*) filter (where parent_id is null), count(*) filter (where parent_id is not null)
              from devices where status <> 'decommissioned' and connection_type <> 'asset' and (:type::text is null or device_type = :type)
             group by 1\
            """)
        .param("type", type)
        .query(
            row -> {
              counts.put(row.getString(1), new Count(row.getLong(2), row.getLong(3)));
            });
    return counts;
  }

  private static TypeLine undescribed(String name, Count count) {
    return new TypeLine(
        name, "", "", null, false, Set.of(), false, count.devices, count.virtual, 0, "", null);
  }

  private static TypeLine line(Stored stored, Count count) {
    DeviceType type = stored.type();
    return new TypeLine(
        type.name(),
        type.description(),
        type.mode().label(),
        type.mapping(),
        type.hasOwnMapping(),
        type.limits().keySet(),
        type.schema() != null,
        count.devices,
        count.virtual,
        stored.version(),
        stored.author(),
        Instant.parse(stored.updatedAt()));
  }
}
