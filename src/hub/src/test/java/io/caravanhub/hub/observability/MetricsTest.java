package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.RunningHub;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a running hub tells Prometheus, and what alerts and dashboards make of it. */
class MetricsTest {
  private static final Pattern SAMPLE =
      Pattern.compile("^([a-zA-Z_:][\\w:]*)[{ ]", Pattern.MULTILINE);
  private static BusyHub busy;

  @BeforeAll
  static void start() throws Exception {
    busy = new BusyHub();
  }

  @AfterAll
  static void stop() {
    busy.close();
  }

  @Test
  void everyMetricOfAnAlertOrADashboardIsThere() throws Exception {
    Set<String> there = names();
    Map<String, Set<String>> missing = new TreeMap<>();
    Map<String, String> expressions = new TreeMap<>(Expressions.ofAlerts());
    Expressions.ofPanels()
        .forEach(
            (where, query) -> {
              if (query.source().equals("prometheus")) {
                expressions.put(where, query.text());
              }
            });
    expressions.forEach(
        (where, expression) -> {
          Set<String> unknown = Expressions.names(expression);
          assertThat(unknown).as(where).isNotNull();
          unknown.removeAll(there);
          unknown.removeAll(Expressions.OF_CLOUDS);
          unknown.removeAll(Expressions.OF_KAFKA);
          if (!unknown.isEmpty()) {
            missing.put(where, unknown);
          }
        });
    assertThat(missing).isEmpty();
  }

  @Test
  void tellsOfDevicesActionsEventsAndGateways() {
    assertThat(busy.sample("hub_devices_active")).isGreaterThanOrEqualTo(1);
    assertThat(busy.sample("hub_devices_commissioned")).isGreaterThanOrEqualTo(1);
    assertThat(busy.sample("hub_devices_speaking")).isGreaterThanOrEqualTo(1);
    assertThat(busy.sample("hub_actions{kind=\"work_order\",state=\"ACCEPTED\"}"))
        .isGreaterThanOrEqualTo(1);
    assertThat(busy.sample("hub_actions{kind=\"quote\",state=\"HELD\"}")).isNotNaN();
    assertThat(busy.sample("hub_events_open{severity=\"critical\"}")).isGreaterThanOrEqualTo(1);
    assertThat(busy.sample("hub_gateways{state=\"online\"}")).isGreaterThanOrEqualTo(1);
    String labels = "{gateway=\"" + busy.gateway + "\",tenant=\"" + busy.tenant + "\"}";
    assertThat(busy.sample("hub_gateway_spool_fill_ratio" + labels)).isEqualTo(0.9);
    assertThat(busy.sample("hub_gateway_spool_records" + labels)).isEqualTo(9);
  }

  @Test
  void tellsOfTheBreakerOfEachConnection() {
    String name = "{name=\"" + busy.tenant + "/Atlas CMMS\",state=\"";
    assertThat(busy.sample("resilience4j_circuitbreaker_state" + name + "closed\"}")).isEqualTo(1);
    assertThat(busy.sample("resilience4j_circuitbreaker_state" + name + "open\"}")).isZero();
    assertThat(busy.sample("hub_fsm_breakers{state=\"closed\"}")).isGreaterThanOrEqualTo(1);
  }

  @Test
  void aConnectionThatNobodyUsesAnyMoreHasNoBreaker() {
    String closed =
        "resilience4j_circuitbreaker_state{name=\""
            + busy.tenant
            + "/Atlas CMMS\",state=\"closed\"}";
    String path = "/api/v1/fsm-connections/" + busy.connection;
    assertThat(busy.hub.post(path + "/pause", busy.admin, "").status()).isEqualTo(200);
    try {
      busy.hub.bean(FigureClock.class).look();
      assertThat(busy.sample(closed)).isNaN();
    } finally {
      busy.hub.post(path + "/enable", busy.admin, "");
      busy.hub.bean(FigureClock.class).look();
    }
    assertThat(busy.sample(closed)).isEqualTo(1);
  }

  @Test
  void healthOutOfBoundsSpoilsNobodyElsesFigures() {
    for (String spool :
        List.of(
            "{\"bytes\": 1e300, \"max_bytes\": 1e-300, \"records\": 7}",
            "{\"bytes\": " + "9".repeat(400) + ", \"max_bytes\": 0, \"records\": 7}",
            "{\"bytes\": -1, \"max_bytes\": \"much\", \"records\": 7, \"dropped\": {}}")) {
      String serial = RunningHub.unique("GW");
      busy.hub.post("/api/v1/gateways", busy.admin, Map.of("serial", serial));
      // As it would be kept, whatever the door lets in.
      busy.hub
          .owner()
          .sql("update gateways set health = cast(? as jsonb) where serial = ? and tenant_id = ?")
          .params("{\"spool\": " + spool + "}", serial, busy.tenant)
          .update();
    }
    assertThat(busy.hub.bean(FigureClock.class).look()).isTrue();
    String labels = "{gateway=\"" + busy.gateway + "\",tenant=\"" + busy.tenant + "\"}";
    assertThat(busy.sample("hub_gateway_spool_fill_ratio" + labels)).isEqualTo(0.9);
  }

  @Test
  void metricsFromElsewhereAreForTheAdminsOfTheInstallation() {
    assertThat(fromElsewhere("prometheus", busy.hub.admin())).isEqualTo(200);
    assertThat(fromElsewhere("prometheus", busy.hub.token("default", "viewer"))).isEqualTo(403);
    assertThat(fromElsewhere("prometheus", busy.admin)).isEqualTo(403);
    assertThat(fromElsewhere("prometheus", busy.hub.token(busy.tenant, "viewer"))).isEqualTo(403);
    assertThat(fromElsewhere("health", busy.hub.token(busy.tenant, "viewer"))).isEqualTo(200);
  }

  /** As a proxy hands on what came from another machine. */
  private static int fromElsewhere(String endpoint, String token) {
    return busy.hub
        .send(
            HttpRequest.newBuilder(busy.hub.uri("/actuator/" + endpoint))
                .header("X-Forwarded-For", "192.0.2.7")
                .header("Authorization", "Bearer " + token)
                .build())
        .status();
  }

  @Test
  void theWatermarkIsAsOldAsTheNewestReading() {
    busy.say(Map.of("temperature", 20));

    assertThat(busy.sample("hub_store_watermark_age_seconds")).isBetween(0.0, 30.0);
    assertThat(busy.sample("hub_store_lag_seconds")).isBetween(0.0, 30.0);
    assertThat(busy.sample("hub_store_batch_rows_count")).isGreaterThanOrEqualTo(1);
  }

  @Test
  void namesAreFoundInExpressions() {
    assertThat(
            Expressions.names(
                "sum by (le, tenant) (rate(a_b{x=\"c_d\"}[5m])) / on (y) e:f > 1e3 and g offset"
                    + " 5m"))
        .containsExactly("a_b", "e:f", "g");
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    Matcher matcher = SAMPLE.matcher(busy.scrape());
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }
}
