package io.caravanhub.hub.observability;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * What the database holds of all tenants, at one moment.
 *
 * @param active devices that are active or in maintenance
 * @param commissioned of these, those that have stored a reading ever
 * @param actions those that are neither completed nor cancelled
 * @param dueSeconds how long the action that is most overdue has been, of tenants that have an FSM;
 *     0 when none is
 */
record Fleet(
    double active,
    double commissioned,
    List<Count> actions,
    double dueSeconds,
    List<Count> openEvents,
    List<Count> gateways,
    List<Spool> spools) {
  /** Gateways that are shown one by one: those with the fullest spools. */
  static final int SPOOLS = 20;

  private static final int LONGEST_SECONDS = 10;

  /**
   * So many of a kind.
   *
   * @param kind empty where there is only a state
   */
  record Count(String kind, String state, double count) {}

  /**
   * The spool of a gateway, as it told last.
   *
   * @param fill bytes it holds by bytes it may hold, NaN where the gateway told no bound
   */
  record Spool(String tenant, String gateway, double fill, double records, double dropped) {}

  private static final String DEVICES =
      """
      select count(*), count(*) filter (where exists (select from telemetry_series s where s.device_id = d.key))
        from devices d where status in ('active', 'maintenance')\
      """;
  private static final String ACTIONS =
      "select kind, state, count(*) from actions where state not in ('COMPLETED', 'CANCELLED')"
          + " group by 1, 2";
  private static final String DUE =
      """
      select coalesce(extract(epoch from now() - min(next_attempt_at)), 0)
        from actions a where state in ('PLANNED', 'UNKNOWN') and next_attempt_at < now()
         and (tenant_id = ? or exists (select from fsm_connections c where c.tenant_id = a.tenant_id and c.state = 'enabled'))\
      """;
  private static final String OPEN =
      """
      select '', severity, count(*) from events
       where resolved_at is null and status in ('open', 'acknowledged', 'linked_to_work_order') group by severity\
      """;
  private static final String GATEWAYS =
      """
      select '', case when last_seen_at is null then 'never' when last_seen_at > now() - interval '90 seconds' then 'online'
                      else 'silent' end as state, count(*)
        from gateways where status = 'active' group by state\
      """;
  // Gateways write their health: a figure out of bounds is left out and fails nobody else's.
  private static final String SPOOLS_BY_FILL =
      """
      select tenant_id, serial, coalesce(fill, 'NaN'), coalesce(records, 0), coalesce(dropped, 0)
        from gateways
       cross join lateral (
          select (max(n) filter (where key = 'bytes') / max(n) filter (where key = 'max_bytes' and n >= 1))::float8 as fill,
                 (max(n) filter (where key = 'records'))::float8 as records, (max(n) filter (where key = 'dropped'))::float8 as dropped
            from (select key, case jsonb_typeof(value) when 'number' then value::numeric end as n
                    from jsonb_each(case jsonb_typeof(health -> 'spool') when 'object' then health -> 'spool' end)) told
           where n between 0 and 1e15) spool
       where status = 'active' and health is not null
       order by fill desc nulls last, records desc nulls last limit \
      """
          + SPOOLS;

  private interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * Asks as the schema's owner, who alone sees every tenant.
   *
   * @param inherits the tenant whose actions go somewhere without a connection of its own; empty
   *     when there is none
   */
  static Fleet read(DataSource owner, String inherits) throws SQLException {
    try (Connection connection = owner.getConnection()) {
      double[] devices =
          list(connection, DEVICES, r -> new double[] {r.getDouble(1), r.getDouble(2)}).get(0);
      return new Fleet(
          devices[0],
          devices[1],
          list(connection, ACTIONS, Fleet::count),
          list(connection, DUE, r -> r.getDouble(1), inherits).get(0),
          list(connection, OPEN, Fleet::count),
          list(connection, GATEWAYS, Fleet::count),
          list(connection, SPOOLS_BY_FILL, Fleet::spool));
    }
  }

  private static Count count(ResultSet row) throws SQLException {
    return new Count(row.getString(1), row.getString(2), row.getDouble(3));
  }

  private static Spool spool(ResultSet row) throws SQLException {
    return new Spool(
        row.getString(1), row.getString(2), row.getDouble(3), row.getDouble(4), row.getDouble(5));
  }

  private static <T> List<T> list(
      Connection connection, String sql, Row<T> row, String... parameters) throws SQLException {
    List<T> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(LONGEST_SECONDS);
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(row.read(rows));
        }
      }
    }
    return found;
  }
}
