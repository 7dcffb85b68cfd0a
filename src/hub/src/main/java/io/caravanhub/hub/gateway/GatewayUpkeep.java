package io.caravanhub.hub.gateway;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.notice.Notices;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Notices of gateways that have gone silent, and the end of what is old. Thread-safe. */
@Component("gatewayUpkeep")
public class GatewayUpkeep {
  private static final String KIND = "gateway-silent:";

  private final JdbcClient jdbc;
  private final TenantSettingsReader settings;
  private final Notices notices;

  GatewayUpkeep(JdbcClient jdbc, TenantSettingsReader settings, Notices notices) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.notices = notices;
  }

  private record Silent(String serial, String name, boolean silent) {}

  /** Says which gateways told of their health before and do not any more. */
  public void watch() {
    jdbc.sql("select tenants_with_silent_gateways(?)")
        .param(GatewayState.SILENT.toSeconds())
        .query(String.class)
        .list()
        .forEach(tenant -> TenantScope.run(tenant, this::watchOwn));
  }

  private void watchOwn() {
    Set<String> said =
        new TreeSet<>(
            jdbc.sql(
                    "select kind from notices where kind like 'gateway-silent:%' and resolved_at is"
                        + " null")
                .query(String.class)
                .list());
    List<Silent> gateways =
        jdbc.sql(
                """
                select serial, name, last_seen_at < now() - make_interval(secs => ?) as silent
                  from gateways where health_at is not null and status = 'active'\
                """)
            .params(GatewayState.SILENT.toSeconds())
            .query(Silent.class)
            .list();
    for (Silent gateway : gateways) {
      String kind = KIND + gateway.serial;
      if (gateway.silent && !said.remove(kind)) {
        notices.raise(
            kind,
            "high",
            "Gateway " + gateway.name + " (" + gateway.serial + ") is silent: see its page");
      } else if (gateway.silent) {
        said.remove(kind);
      }
    }
    said.forEach(notices::resolve);
  }

  /** Deletes health that is older than 30 days, and spools and commands older than 90. */
  public void expire() {
    for (String tenant : settings.tenants()) {
      TenantScope.run(
          tenant,
          () -> {
            jdbc.sql("delete from gateway_health where at < now() - interval '30 days'").update();
            jdbc.sql("delete from gateway_sequences where updated_at < now() - interval '90 days'")
                .update();
            jdbc.sql("delete from gateway_commands where created_at < now() - interval '90 days'")
                .update();
          });
    }
  }
}
