package io.caravanhub.bench.cluster;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the rules made of the devices' problems.
 *
 * @param twice events beside another one of the same problem
 * @param moved events whose problem began at another moment: a hub that took the device over did
 *     not know what the one before it knew
 */
record Noticed(long twice, long moved) {
  private static final String EVENTS =
      """
      select d.id::text, substr(e.rule_id, 9)::int, e.opened_at
        from events e join devices d on d.id = e.device_id
       where e.rule_id like 'cluster-%'
      """;

  /**
   * Compares them.
   *
   * @param owner of the schema
   */
  static Noticed of(Connection owner, List<ClusterDevice> devices) throws SQLException {
    Map<String, ClusterDevice> byId =
        devices.stream().collect(Collectors.toMap(ClusterDevice::id, Function.identity()));
    Set<String> seen = new HashSet<>();
    long events = 0;
    long moved = 0;
    try (Statement sql = owner.createStatement();
        ResultSet rows = sql.executeQuery(EVENTS)) {
      while (rows.next()) {
        events++;
        String device = rows.getString(1);
        int problem = rows.getInt(2);
        seen.add(device + " " + problem);
        Instant onset = Objects.requireNonNull(byId.get(device)).onset(problem);
        if (!rows.getTimestamp(3).toInstant().equals(onset)) {
          moved++;
        }
      }
    }
    return new Noticed(events - seen.size(), moved);
  }
}
