package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.telemetry.CanonicalReader;
import io.caravanhub.hub.telemetry.LatestValues;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is made of the readings of an asset's devices: derived metrics, health. */
class AssetTelemetryTest {
  private static final Map<String, Object> CHILLER =
      Map.of(
          "derived",
          List.of(
              Map.of(
                  "metric", "delta_temp",
                  "unit", "K",
                  "expression", "chilled_water_return_temp - chilled_water_supply_temp"),
              Map.of(
                  "metric", "cooling_capacity",
                  "unit", "kW",
                  "expression", "delta_temp * chilled_water_flow * 1.163"),
              Map.of(
                  "metric", "chiller_kw_per_ton",
                  "unit", "kW/{TR}",
                  "expression", "cooling_capacity > 10 ? power / (cooling_capacity / 3.5169)")),
          "health",
          Map.of(
              "algorithm",
              "weighted_deductions",
              "deductions",
              List.of(
                  Map.of("reason", "Low delta-T", "when", "delta_temp < 3", "points", 25),
                  Map.of(
                      "reason",
                      "Power hungry",
                      "metric",
                      "chiller_kw_per_ton",
                      "from",
                      0.6,
                      "to",
                      1.0,
                      "points",
                      40),
                  Map.of(
                      "reason",
                      "Open event",
                      "event",
                      Map.of("severity", List.of("high", "critical")),
                      "points",
                      30))));

  private final Plant plant = new Plant();
  private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(600);

  @Test
  void readingsOfTwoDevicesBecomeDerivedMetricsAndHealthWithItsReasons() throws Exception {
    plant.define("chiller", CHILLER);
    String asset = plant.asset("chiller");
    Registered water = plant.device();
    Registered meter = plant.device();
    plant.linked(water, asset, Map.of());
    plant.linked(meter, asset, Map.of("metrics", Map.of("temperature", "motor_winding_temp")));

    try (MqttDevice mqtt = MqttDevice.connect(plant.hub.mqttPort(), water.id(), water.token())) {
      mqtt.publish(
              "t/" + plant.tenant + "/d/" + water.id() + "/telemetry",
              "{\"timestamp\":\"%s\",\"metrics\":{\"chilled_water_supply_temp\":7,\"chilled_water_return_temp\":12,\"chilled_water_flow\":100}}"
                  .formatted(start))
          .get(10, TimeUnit.SECONDS);
    }
    plant.says(meter, start.plusSeconds(1), Map.of("power", 132.3));

    Plant.eventually(
        () -> {
          JsonNode ratio = plant.latest(asset, "chiller_kw_per_ton");
          assertThat(ratio).isNotNull();
          assertThat(ratio.path("value").asDouble()).isBetween(0.799, 0.801);
          assertThat(ratio.path("unit").asText()).isEqualTo("kW/{TR}");
          assertThat(ratio.path("ts").asText()).isEqualTo(start.plusSeconds(1).toString());
          JsonNode health = plant.health(asset);
          assertThat(health.path("score").asDouble()).isEqualTo(80);
          assertThat(health.path("band").asText()).isEqualTo("Healthy");
        });
    assertThat(plant.latest(asset, "delta_temp").path("ts").asText()).isEqualTo(start.toString());
    JsonNode entry = plant.get("/assets/" + asset).json();
    assertThat(entry.path("healthBand").asText()).isEqualTo("Healthy");
    JsonNode reason = plant.health(asset).at("/reasons/0");
    assertThat(reason.path("points").asDouble()).isEqualTo(20);
    assertThat(reason.path("reason").asText()).isEqualTo("Power hungry");
    assertThat(reason.path("metric").asText()).isEqualTo("chiller_kw_per_ton");

    plant.says(water, start.plusSeconds(60), Map.of("chilled_water_return_temp", 9));

    Plant.eventually(
        () -> {
          JsonNode health = plant.health(asset);
          assertThat(health.path("band").asText()).isEqualTo("Critical");
          assertThat(health.path("reasons").findValuesAsText("reason"))
              .containsExactly("Power hungry", "Low delta-T");
          assertThat(plant.history(asset, "metric=health_score")).endsWith("80.0", "35.0");
        });
    assertThat(plant.history(asset, "metric=delta_temp")).containsExactly("5.0", "2.0");
  }

  @Test
  void namesAndPortsOfLinksCountForDerivedMetrics() {
    plant.define("mixer", derived("rise", "return_air_temp - supply_air_temp + power"));
    String asset = plant.asset("mixer");
    Registered supply = plant.device();
    Registered back = plant.device();
    Registered meter = plant.device();
    plant.linked(supply, asset, Map.of("metrics", Map.of("temperature", "supply_air_temp")));
    plant.linked(back, asset, Map.of("metrics", Map.of("temperature", "return_air_temp")));
    plant.linked(meter, asset, Map.of("port", "2"));

    plant.says(supply, start, Map.of("temperature", 12));
    plant.says(back, start, Map.of("temperature", 24));
    plant.says(meter, start, Map.of("power_1", 1000, "power_2", 100));

    Plant.eventually(
        () -> assertThat(plant.history(asset, "metric=rise")).contains("112.0").hasSize(1));
  }

  @Test
  void aReadingThatCameAgainOrAfterAStartChangesNothing() {
    plant.define("once", derived("double_power", "power * 2"));
    String asset = plant.asset("once");
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    plant.says(device, start, Map.of("power", 1));
    plant.says(device, start.plusSeconds(1), Map.of("power", 2));
    Plant.eventually(() -> assertThat(plant.history(asset, "metric=double_power")).endsWith("4.0"));
    int before = plant.history(asset, "metric=double_power").size();

    plant.says(device, start, Map.of("power", 1));
    plant.says(device, start.plusSeconds(1), Map.of("power", 2));
    AssetBook book = plant.hub.bean(AssetBook.class);
    AssetKey key = new AssetKey(plant.tenant, asset);
    AssetSeries afterAStart =
        new AssetSeries(
            plant.hub.bean(AssetDevices.class),
            plant.hub.bean(LatestValues.class),
            plant.hub.bean(CanonicalReader.class),
            plant.hub.bean(FormulaFailures.class));
    WatchedAsset watched = Objects.requireNonNull(book.asset(key));
    AssetMoment moment = plant.hub.bean(AssetValues.class).of(watched);
    AssetAnalysis analysis =
        AssetAnalysis.of(watched.definition(), moment, List.of(), Instant.now(), SILENT);
    AssetSeries.Batch batch =
        TenantScope.call(plant.tenant, () -> afterAStart.batch(watched, analysis, Instant.now()));

    assertThat(analysis.values()).hasSize(1);
    assertThat(batch.telemetry()).isNull();
    assertThat(plant.history(asset, "metric=double_power")).hasSize(before);
  }

  @Test
  void whatIsKnownLaterOfTheSameMomentFollowsIt() {
    plant.define("pair", derived("difference", "outlet_pressure - inlet_pressure"));
    String asset = plant.asset("pair");
    Registered in = plant.device();
    Registered out = plant.device();
    plant.linked(in, asset, Map.of());
    plant.linked(out, asset, Map.of());
    plant.says(in, start, Map.of("inlet_pressure", 100));
    plant.says(out, start, Map.of("outlet_pressure", 300));
    Plant.eventually(
        () -> assertThat(plant.history(asset, "metric=difference")).containsExactly("200.0"));

    plant.says(in, start.plusSeconds(60), Map.of("inlet_pressure", 110));
    Plant.eventually(() -> assertThat(plant.history(asset, "metric=difference")).endsWith("190.0"));
    plant.says(out, start.plusSeconds(60), Map.of("outlet_pressure", 310));

    Plant.eventually(
        () ->
            assertThat(plant.history(asset, "metric=difference"))
                .containsExactly("200.0", "190.0", "200.0"));
  }

  @Test
  void aFormulaThatFailsOrRunsAwayIsToldAndHarmsNobody() {
    double before = plant.hub.counted("hub.assets.formula.failures");
    plant.define(
        "wild",
        Map.of(
            "derived",
            List.of(
                Map.of("metric", "text", "expression", "$number(\"x\") + power"),
                Map.of(
                    "metric", "endless", "expression", "($f := function($x){$f($x)}; $f(power))"),
                Map.of("metric", "huge", "expression", "$sum([1..9999999]) + power"),
                Map.of(
                    "metric", "slow",
                    "expression",
                        "$reduce([1..9000], function($a, $b){$a + $sum($map([1..1000], function($v){$v}))}) + power"),
                Map.of("metric", "list", "expression", "[power, 1]"),
                Map.of("metric", "sound", "expression", "power + 1"))));
    String asset = plant.asset("wild");
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());

    plant.says(device, start, Map.of("power", 1));

    Plant.eventually(
        () -> {
          assertThat(plant.history(asset, "metric=sound")).containsExactly("2.0");
          JsonNode failures = plant.health(asset).path("failures");
          assertThat(failures.findValuesAsText("formula"))
              .containsExactly("endless", "huge", "list", "slow", "text");
          assertThat(failures.path(3).path("pausedUntil").isTextual()).isTrue();
          assertThat(failures.findValuesAsText("reason"))
              .allSatisfy(reason -> assertThat(reason).isNotBlank());
        });
    assertThat(plant.hub.counted("hub.assets.formula.failures")).isGreaterThanOrEqualTo(before + 5);
    assertThat(plant.health(asset).path("score").isNull()).isTrue();
    String neighbour = plant.asset("wild");
    plant.linked(plant.device(), neighbour, Map.of());
    Plant.eventually(
        () ->
            assertThat(plant.health(neighbour).path("failures").findValuesAsText("formula"))
                .contains("slow"));
  }

  @Test
  void rulesSeeWhatIsDerivedAndTheirEventsTakePointsOfHealth() {
    String asset = plant.asset("watched");
    plant
        .hub
        .owner()
        .sql(
            "insert into rules (id, tenant_id, definition, source, author) values ('hot', ?, ?::jsonb, 'api', 'test')")
        .params(
            plant.tenant,
            """
            {"id": "hot", "scope": {"asset": "%s"}, "when": {"metric": "load_share", "above": 90, "clear": 80},
             "event": {"type": "warning", "severity": "high", "family": "load", "message": "Overloaded"}}\
            """
                .formatted(asset))
        .update();
    plant.define(
        "watched",
        Map.of(
            "derived",
            List.of(Map.of("metric", "load_share", "expression", "power / 10")),
            "health",
            Map.of(
                "algorithm",
                "weighted_deductions",
                "deductions",
                List.of(
                    Map.of(
                        "reason",
                        "Open event",
                        "event",
                        Map.of("severity", "high"),
                        "points",
                        35)))));
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    Plant.eventually(
        () ->
            assertThat(plant.get("/rules").json().path("items").findValuesAsText("id"))
                .contains("hot"));

    plant.says(device, Instant.now(), Map.of("power", 950));

    Plant.eventually(
        () -> {
          JsonNode health = plant.health(asset);
          assertThat(health.path("score").asDouble()).isEqualTo(65);
          assertThat(health.at("/reasons/0/event").asText()).contains("Overloaded");
        });
    JsonNode event = plant.get("/events").json().path("items").path(0);
    assertThat(event.path("assetId").asText(event.path("asset_id").asText())).isEqualTo(asset);
    plant.hub.owner().sql("delete from rules where tenant_id = ?").params(plant.tenant).update();
  }

  @Test
  void anAssetsOwnDefinitionStandsBeforeThatOfItsType() {
    plant.define("fan", derived("ratio", "power * 1"));
    String asset = plant.asset("fan");
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    plant.send("PUT", "/assets/" + asset + "/definition", derived("ratio", "power * 100"));

    plant.says(device, start, Map.of("power", 1));

    Plant.eventually(
        () -> assertThat(plant.history(asset, "metric=ratio")).containsExactly("100.0"));
    plant.send("DELETE", "/assets/" + asset + "/definition", "{}");
    plant.says(device, start.plusSeconds(1), Map.of("power", 2));
    Plant.eventually(() -> assertThat(plant.history(asset, "metric=ratio")).endsWith("2.0"));
  }

  @Test
  void aDeviceThatLeftIsNotPartOfWhatIsDerivedAnyMore() {
    plant.define("room", derived("warmth", "temperature + 0"));
    String first = plant.asset("room");
    String second = plant.asset("room");
    Registered device = plant.device();
    plant.linked(device, first, Map.of());
    plant.says(device, start, Map.of("temperature", 20));
    Plant.eventually(
        () -> assertThat(plant.history(first, "metric=warmth")).containsExactly("20.0"));

    plant.linked(device, second, Map.of("move", true, "from", start.plusSeconds(30).toString()));
    plant.says(device, start.plusSeconds(60), Map.of("temperature", 30));

    Plant.eventually(
        () -> assertThat(plant.history(second, "metric=warmth")).containsExactly("30.0"));
    assertThat(plant.history(first, "metric=warmth")).containsExactly("20.0");
  }

  @Test
  void thePastIsDerivedOnRequestMomentByMomentAndOnce() {
    String asset = plant.asset("");
    Registered power = plant.device();
    Registered speed = plant.device();
    plant.linked(power, asset, Map.of());
    plant.linked(speed, asset, Map.of());
    for (int minute = 0; minute < 5; minute++) {
      plant.says(power, start.plusSeconds(60L * minute), Map.of("power", 100 + minute));
      plant.says(speed, start.plusSeconds(60L * minute + 30), Map.of("motor_speed", 1000));
    }
    plant.define("late", derived("load_ratio", "power / motor_speed"));
    Answer typed =
        plant.send("PATCH", "/assets/" + asset, Map.of("asset_type", "late", "name", "Late"));
    assertThat(typed.status()).as(typed.toString()).isEqualTo(200);
    Map<String, String> all = Map.of("from", start.toString());

    JsonNode once = plant.send("POST", "/assets/" + asset + "/derive", all).json();
    JsonNode again = plant.send("POST", "/assets/" + asset + "/derive", all).json();

    assertThat(once.path("readings").asInt()).isEqualTo(10);
    assertThat(once.path("values").asInt()).isEqualTo(9);
    assertThat(once.path("next").isNull()).isTrue();
    assertThat(again).isEqualTo(once);
    List<String> ratios = plant.history(asset, "metric=load_ratio");
    assertThat(ratios).hasSize(9).startsWith("0.1", "0.101", "0.101", "0.102").endsWith("0.104");
    Plant.eventually(
        () -> assertThat(plant.health(asset).path("derived").has("load_ratio")).isTrue());
    assertThat(plant.history(asset, "metric=load_ratio")).isEqualTo(ratios);
  }

  @Test
  void theDeviceThatStandsForAnAssetIsNotCountedAndCannotBeLinked() {
    plant.define("stand", derived("d", "power"));
    String asset = plant.asset("stand");
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    plant.says(device, start, Map.of("power", 1));
    Plant.eventually(() -> assertThat(plant.latest(asset, "d")).isNotNull());

    assertThat(plant.get("/devices").json().path("items")).hasSize(1);
    assertThat(plant.get("/usage").json().path("devices").asInt()).isEqualTo(1);
    assertThat(plant.get("/assets/" + asset).json().path("devices")).hasSize(1);
    assertThat(plant.get("/devices/asset:" + asset).status()).isEqualTo(200);
    assertThat(
            plant
                .send("POST", "/devices/asset:" + asset + "/assets/" + asset + "/link", "{}")
                .status())
        .isEqualTo(409);
  }

  private static final AssetAnalysis.Failures SILENT =
      new AssetAnalysis.Failures() {
        @Override
        public boolean isPaused(String formula) {
          return false;
        }

        @Override
        public void failed(String formula, MappingException failure, Duration took) {}
      };

  private static Map<String, Object> derived(String metric, String expression) {
    return Map.of("derived", List.of(Map.of("metric", metric, "expression", expression)));
  }
}
