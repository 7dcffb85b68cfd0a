package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
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
}
