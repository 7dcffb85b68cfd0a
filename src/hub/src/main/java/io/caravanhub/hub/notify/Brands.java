package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The brand of the tenant in force. Thread-safe. */
@Component("brands")
public class Brands {
  private final JdbcClient jdbc;
  private final Audit audit;

  Brands(JdbcClient jdbc, Audit audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** {@code GET /notification-brand}. */
  public Object get() {
    return brand();
  }

  /** The brand, or what is assumed of a tenant that has set none. */
  public Brand brand() {
    return jdbc.sql(
            "select name, logo_url, colour, language, time_zone, critical_in_console from notification_brands")
        .query(
            (row, n) ->
                new Brand(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getBoolean(6)))
        .optional()
        .orElse(Brand.DEFAULT);
  }

  /** {@code PATCH /notification-brand}: what is named is changed. */
  @Transactional
  public Object update(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(
        List.of("name", "logo_url", "colour", "language", "time_zone", "critical_in_console"));
    Brand before = brand();
    Boolean critical = fields.optionalFlag("critical_in_console");
    Brand after =
        new Brand(
            fields.text("name", before.name()),
            fields.text("logo_url", before.logoUrl()),
            fields.text("colour", before.colour()),
            language("language", fields.text("language", before.language())),
            zone("time_zone", fields.text("time_zone", before.timeZone())),
            critical == null ? before.criticalInConsole() : critical);
    if (!after.colour().matches("#[0-9a-fA-F]{6}")) {
      throw ProblemException.badField("colour", "expected a colour such as #0b5cad");
    }
    if (!after.logoUrl().matches("(https://[^\\s\"'<>]+)?")) {
      throw ProblemException.badField("logo_url", "expected an address that begins with https://");
    }
    jdbc.sql(
            """
            insert into notification_brands (tenant_id, name, logo_url, colour, language, time_zone, critical_in_console)
            values (hub_tenant(), :name, :logo, :colour, :language, :zone, :critical)
            on conflict (tenant_id) do update set name = excluded.name, logo_url = excluded.logo_url, colour = excluded.colour,
              language = excluded.language, time_zone = excluded.time_zone, critical_in_console = excluded.critical_in_console,
              updated_at = now()\
            """)
        .param("name", after.name())
        .param("logo", after.logoUrl())
        .param("colour", after.colour())
        .param("language", after.language())
        .param("zone", after.timeZone())
        .param("critical", after.criticalInConsole())
        .update();
    audit.record("notification-brand.update", "notification-brand", before, after);
    return after;
  }

  static String language(String field, String tag) {
    try {
      String known =
          tag.isEmpty() ? "" : new Locale.Builder().setLanguageTag(tag).build().toLanguageTag();
      if (known.equals("und")) {
        throw ProblemException.badField(field, "expected a language such as en or de-AT");
      }
      return known;
    } catch (IllformedLocaleException e) {
      throw ProblemException.badField(field, "expected a language such as en or de-AT");
    }
  }

  static String zone(String field, String zone) {
    try {
      return zone.isEmpty() ? "" : ZoneId.of(zone).getId();
    } catch (DateTimeException e) {
      throw ProblemException.badField(field, "expected a time zone such as Europe/Berlin");
    }
  }
}
