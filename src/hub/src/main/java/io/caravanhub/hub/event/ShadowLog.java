package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.sql.Timestamp;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Notes what shadow rules would have raised. Nothing follows from it. Thread-safe. */
final class ShadowLog {
  private final JdbcClient jdbc;

  ShadowLog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** In the tenant's scope. */
  void record(Detection detection) {
    if (detection.kind() == Detection.Kind.CLEAR) {
      jdbc.sql(
              "update shadow_events set resolved_at = :at where dedup_key = :key and resolved_at is"
                  + " null")
          .param("at", Timestamp.from(detection.at()))
          .param("key", detection.dedupKey())
          .update();
      return;
    }
    jdbc.sql(
            """
            insert into shadow_events (tenant_id, dedup_key, device_id, rule_id, event_type, severity, message, value, opened_at)
            values (hub_tenant(), :key, :device, :rule, :type, :severity, :message, :value, :opened)
            on conflict (tenant_id, dedup_key) do update set severity = excluded.severity, event_type = excluded.event_type, value = excluded.value
            """)
        .param("key", detection.dedupKey())
        .param("device", UUID.fromString(detection.device().id()))
        .param("rule", detection.rule().id())
        .param("type", detection.rule().outcome().type().label())
        .param("severity", detection.rule().outcome().severity().label())
        .param("message", detection.message())
        .param("value", finite(detection.value()))
        .param("opened", Timestamp.from(detection.onset()))
        .update();
  }

  static @Nullable Double finite(double number) {
    return Double.isFinite(number) ? number : null;
  }
}
