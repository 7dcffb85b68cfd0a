package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.gatewayconfig.GatewayNames.Gateway;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What gateways say of what they were given. Thread-safe. */
@Component
public class GatewayReports {
  private static final Set<String> CONFIGURATION =
      Set.of("applying", "healthy", "rolled_back", "refused");
  private static final Set<String> SOFTWARE =
      Set.of("downloading", "installed", "healthy", "rolled_back", "refused");
  private static final int KEPT = 1_000;
  private static final int LONGEST = 2_000;

  private final JdbcClient jdbc;
  private final GatewayNames gateways;

  GatewayReports(JdbcClient jdbc, GatewayNames gateways) {
    this.jdbc = jdbc;
    this.gateways = gateways;
  }

  /** One report. */
  public record Report(String version, String state, @Nullable String error, Instant at) {}

  /** The last thing it said of {@code configuration} or {@code software}. */
  Optional<Report> last(UUID gateway, String kind) {
    return jdbc.sql(
            "select version, state, error, at from gateway_reports where gateway_id = ? and kind ="
                + " ? order by id desc limit 1")
        .params(gateway, kind)
        .query(Report.class)
        .optional();
  }

  List<Report> list(UUID gateway, String kind, int most) {
    return jdbc.sql(
            "select version, state, error, at from gateway_reports where gateway_id = ? and kind ="
                + " ? order by id desc limit ?")
        .params(gateway, kind, most)
        .query(Report.class)
        .list();
  }

  /** {@code {version, state, error?}}; the same as before counts once. */
  @Transactional
  public Map<String, Object> add(String name, String kind, byte @Nullable [] body) {
    Gateway gateway = gateways.require(name);
    Fields fields = Fields.of(body);
    fields.only(List.of("version", "state", "error"));
    String version = fields.text("version");
    String state = fields.text("state");
    Set<String> known = kind.equals("software") ? SOFTWARE : CONFIGURATION;
    if (!known.contains(state)) {
      throw ProblemException.badField(
          "state", "expected one of " + String.join(", ", known.stream().sorted().toList()));
    }
    if (kind.equals("configuration") && !version.matches("\\d{1,9}")) {
      throw ProblemException.badField("version", "expected the number of a version");
    }
    String error = fields.whole("error");
    String told = error == null ? null : error.substring(0, Math.min(LONGEST, error.length()));
    Report last = last(gateway.id(), kind).orElse(null);
    boolean again =
        last != null
            && last.version().equals(version)
            && last.state().equals(state)
            && String.valueOf(last.error()).equals(String.valueOf(told));
    if (!again) {
      jdbc.sql(
              "insert into gateway_reports (tenant_id, gateway_id, kind, version, state, error)"
                  + " values (?, ?, ?, ?, ?, ?)")
          .params(
              CallerContext.current().tenant(),
              gateway.id(),
              kind,
              version,
              state,
              told == null ? null : told.replace("\0", ""))
          .update();
      jdbc.sql(
              "delete from gateway_reports where gateway_id = ? and id < (select min(id) from"
                  + " (select id from gateway_reports where gateway_id = ? order by id desc limit"
                  + " ?) kept)")
          .params(gateway.id(), gateway.id(), KEPT)
          .update();
    }
    return Map.of("gateway", gateway.serial(), "version", version, "state", state);
  }
}
