package io.caravanhub.hub.console;

import io.caravanhub.hub.RunningHub;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Events of any tenant, put into the store as rules would. */
final class Events {
  private static final String INSERT =
      "insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, metric, value, unit, threshold, message, opened_at, last_seen_at) ";

  private Events() {}

  static String raise(
      RunningHub hub,
      String tenant,
      String device,
      String family,
      String severity,
      String message,
      Duration age) {
    return hub.owner()
        .sql(
            INSERT
                + "values (?, ?, cast(? as uuid), ?, ?, 'likely_failure', ?, 'temperature', 91.5, 'Cel', 85, ?, ?, now()) returning id::text")
        .params(
            tenant,
            message + age,
            device,
            family + "-rule",
            family,
            severity,
            message,
            OffsetDateTime.now(ZoneOffset.UTC).minus(age))
        .query(String.class)
        .single();
  }

  /** So many, each of a family of its own and a second older than the one before. */
  static void many(RunningHub hub, String tenant, String device, int count) {
    hub.owner()
        .sql(
            INSERT
                + "select ?, 'k' || n, cast(? as uuid), 'r' || n, 'f' || n, 'warning', 'low', 'temperature', n, 'Cel', 85, 'Event ' || n,"
                + " now() - n * interval '1 second', now() from generate_series(1, ?) n")
        .params(tenant, device, count)
        .update();
  }
}
