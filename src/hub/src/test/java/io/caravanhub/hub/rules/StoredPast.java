package io.caravanhub.hub.rules;

import io.caravanhub.hub.RunningHub;
import java.time.Instant;

/** Readings of the past, put into the store. */
public final class StoredPast {
  private StoredPast() {}

  /** Three days of a temperature a minute; twenty minutes hot on the second day and the third. */
  public static void twoHotSpells(RunningHub hub, String device, Instant from) {
    fill(
        hub,
        device,
        "temperature",
        from,
        "case when n % 1440 between 5 and 25 and n > 1000 then 95 else 60 end",
        4300);
  }

  /** A reading a minute, each an SQL expression of its number {@code n}. */
  public static void fill(
      RunningHub hub, String device, String metric, Instant from, String value, int count) {
    hub.owner()
        .sql(
            """
            select ensure_telemetry_day((cast(? as timestamptz) at time zone 'UTC')::date + n)::text
              from generate_series(0, ?) n
            """)
        .params(from.toString(), count / 1440 + 1)
        .query((row, n) -> "")
        .list();
    hub.owner()
        .sql(
            """
            with series as (select d.key, m.id from devices d, metrics m
                             where d.id = ?::uuid and m.tenant_id is null and m.key = ?),
            noted as (insert into telemetry_series select * from series on conflict do nothing)
            insert into telemetry (device_id, metric_id, ts, value)
            select key, id, ?::timestamptz + n * interval '1 minute', %s
              from series, generate_series(0, ?) n
            """
                .formatted(value))
        .params(device, metric, from.toString(), count)
        .update();
  }
}
