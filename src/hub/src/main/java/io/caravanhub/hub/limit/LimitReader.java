package io.caravanhub.hub.limit;

import io.caravanhub.hub.database.TenantScope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads limits: {@code tenants.settings.limits.readings_per_second} and {@code
 * device_readings_per_second}, {@code devices.metadata.limits.readings_per_second}, else the
 * settings HUB_LIMIT_TENANT and HUB_LIMIT_DEVICE. What is no whole number above zero is passed
 * over. Thread-safe.
 */
@Component
class LimitReader {
  private final JdbcClient jdbc;
  private final long tenantDefault;
  private final long deviceDefault;

  LimitReader(
      JdbcClient jdbc,
      @Value("${hub.limit.tenant:500000}") long tenantDefault,
      @Value("${hub.limit.device:100000}") long deviceDefault) {
    this.jdbc = jdbc;
    this.tenantDefault = tenantDefault;
    this.deviceDefault = deviceDefault;
  }

  TenantLimits read(String tenant) {
    return TenantScope.call(tenant, () -> query(tenant));
  }

  private TenantLimits query(String tenant) {
    Map<String, Long> own = new HashMap<>();
    jdbc.sql(
            "select id::text, metadata #>> '{limits,readings_per_second}' from devices where jsonb_exists(metadata, 'limits')")
        .query(
            row -> {
              long limit = number(row.getString(2), 0);
              if (limit > 0) {
                own.put(row.getString(1), limit);
              }
            });
    return jdbc.sql(
            "select settings #>> '{limits,readings_per_second}', settings #>> '{limits,device_readings_per_second}' from tenants where id = ?")
        .params(tenant)
        .query(
            (row, n) ->
                new TenantLimits(
                    number(row.getString(1), tenantDefault),
                    number(row.getString(2), deviceDefault),
                    own))
        .optional()
        .orElseGet(() -> new TenantLimits(tenantDefault, deviceDefault, own));
  }

  private static long number(@Nullable String text, long absent) {
    return text != null && text.matches("[1-9]\\d{0,11}") ? Long.parseLong(text) : absent;
  }
}
