package io.caravanhub.hub.tenant;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.registry.Audit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The calls by which a tenant's admin sees and changes its settings. Thread-safe. */
@Component("tenantSettingsCalls")
public class TenantSettingsCalls {
  private static final int DAYS_MAX = 3_650;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final TenantSettingsReader reader;
  private final Audit audit;
  private final ObjectMapper json;

  public TenantSettingsCalls(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      TenantSettingsReader reader,
      Audit audit,
      ObjectMapper json) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.reader = reader;
    this.audit = audit;
    this.json = json;
  }

  /** {@code GET /tenant/settings}. */
  public Map<String, Object> get() {
    return view(reader.of(CallerContext.current().tenant()));
  }

  /** {@code PATCH /tenant/settings}: what is named is changed. */
  public Map<String, Object> update(@Body byte @Nullable [] body) {
    String tenant = CallerContext.current().tenant();
    Fields fields = Fields.of(body);
    fields.only(List.of("auto_register", "raw_archive", "dead_letters"));
    Fields raw = fields.within("raw_archive");
    raw.only(List.of("enabled", "keep_days"));
    Fields letters = fields.within("dead_letters");
    letters.only(List.of("keep_days", "alarm_count", "alarm_minutes"));
    TenantSettings before = reader.of(tenant);
    TenantSettings after =
        new TenantSettings(
            or(fields.optionalFlag("auto_register"), before.autoRegister()),
            or(raw.optionalFlag("enabled"), before.rawArchive()),
            or(raw.optionalCount("keep_days", 1, DAYS_MAX), before.rawDays()),
            or(letters.optionalCount("keep_days", 1, DAYS_MAX), before.letterDays()),
            or(letters.optionalCount("alarm_count", 0, 1_000_000), before.alarmCount()),
            or(letters.optionalCount("alarm_minutes", 1, 10_080), before.alarmMinutes()));
    Map<String, Object> view = view(after);
    transaction.executeWithoutResult(
        status -> {
          Map<String, Object> kept = new LinkedHashMap<>(view);
          kept.remove("auto_register");
          jdbc.sql(
                  "update tenants set auto_register = ?, settings = settings || ?::jsonb where id = hub_tenant()")
              .params(after.autoRegister(), write(kept))
              .update();
          audit.record("tenant.settings", "tenant:" + tenant, view(before), view);
        });
    reader.forget(tenant);
    return view;
  }

  private static <T> T or(@Nullable T given, T before) {
    return given == null ? before : given;
  }

  private static Map<String, Object> view(TenantSettings settings) {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("enabled", settings.rawArchive());
    raw.put("keep_days", settings.rawDays());
    Map<String, Object> letters = new LinkedHashMap<>();
    letters.put("keep_days", settings.letterDays());
    letters.put("alarm_count", settings.alarmCount());
    letters.put("alarm_minutes", settings.alarmMinutes());
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("auto_register", settings.autoRegister());
    view.put("raw_archive", raw);
    view.put("dead_letters", letters);
    return view;
  }

  private String write(Map<String, Object> view) {
    try {
      return json.writeValueAsString(view);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
