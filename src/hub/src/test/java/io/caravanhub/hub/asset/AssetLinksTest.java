package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Links of devices with assets in time, at ports, under other names. */
class AssetLinksTest {
  private final Plant plant = new Plant();
  private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minusSeconds(7200);
  private final String first = plant.asset("pump");
  private final String second = plant.asset("pump");
  private final Registered device = plant.device();

  /** A reading a minute: 0 to 9; from the fifth minute on the device is at the second asset. */
  private void move() {
    plant.linked(device, first, Map.of());
    for (int minute = 0; minute < 10; minute++) {
      plant.says(device, hour.plusSeconds(60L * minute + 10), Map.of("temperature", minute));
    }
    plant.linked(device, second, Map.of("move", true, "from", hour.plusSeconds(300).toString()));
  }

  @Test
  void aDeviceThatMovedIsOnEachAssetInItsTimeOnly() {
    move();
    String from = "from=" + hour.minusSeconds(10);

    assertThat(plant.history(first, from)).containsExactly("0.0", "1.0", "2.0", "3.0", "4.0");
    assertThat(plant.history(second, from)).containsExactly("5.0", "6.0", "7.0", "8.0", "9.0");
    assertThat(plant.latest(first, "temperature")).isNull();
    assertThat(plant.latest(second, "temperature").path("value").asDouble()).isEqualTo(9);
    JsonNode then =
        plant
            .get("/assets/" + first + "/telemetry/latest?to=" + hour.plusSeconds(240))
            .json()
            .path("items");
    assertThat(then.findValuesAsText("value")).containsExactly("3.0");
  }

  @Test
  void aBucketInWhichADeviceMovedIsSharedBetweenItsAssets() {
    move();

    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              for (String bucket : List.of("1m", "15m", "1h", "1d")) {
                assertThat(sum(first, bucket, 900_000)).as(bucket).isEqualTo(0 + 1 + 2 + 3 + 4);
                assertThat(sum(second, bucket, 900_000)).as(bucket).isEqualTo(5 + 6 + 7 + 8 + 9);
              }
            });
    assertThat(sum(first, "1h", 60)).isEqualTo(10);
    assertThat(sum(second, "1h", 60)).isEqualTo(35);
  }

  private double sum(String asset, String bucket, long back) {
    double sum = 0;
    String query = "?agg=sum&limit=500&bucket=" + bucket + "&from=" + hour.minusSeconds(back);
    JsonNode answer = plant.get("/assets/" + asset + "/telemetry/aggregate" + query).json();
    for (JsonNode item : answer.path("items")) {
      sum += item.path("value").asDouble();
    }
    return sum;
  }

  @Test
  void theHistoryOfLinksNamesTimesAndWhoEnteredThem() {
    move();

    JsonNode links = plant.get("/devices/" + device.id() + "/links").json().path("items");

    assertThat(links.findValuesAsText("asset")).containsExactly(second, first);
    assertThat(links.at("/0/from").asText()).isEqualTo(hour.plusSeconds(300).toString());
    assertThat(links.at("/0/to").isNull()).isTrue();
    assertThat(links.at("/1/from").isNull()).isTrue();
    assertThat(links.at("/1/to").asText()).isEqualTo(hour.plusSeconds(300).toString());
    assertThat(links.at("/0/linked_by").asText()).isEqualTo("admin:test");
    assertThat(
            plant
                .get("/assets/" + first + "/links")
                .json()
                .path("items")
                .findValuesAsText("device_serial"))
        .containsExactly(device.serial());
  }

  @Test
  void anEventRaisedByTheNextReadingIsOfTheAssetThatTheDeviceWasJustLinkedWith() {
    String rule =
        plant
            .send(
                "POST",
                "/threshold-rules",
                Map.of(
                    "name", "Too hot",
                    "condition", "temperature > 90",
                    "event_type", "critical_fault",
                    "severity", "critical",
                    "cooldown_seconds", 3600))
            .text("id");
    Plant.eventually(() -> assertThat(plant.get("/rules").body()).contains("\"" + rule + "\""));
    plant.says(device, Instant.now(), Map.of("temperature", 20));

    plant.linked(device, first, Map.of());
    plant.says(device, Instant.now(), Map.of("temperature", 95));

    Plant.eventually(
        () ->
            assertThat(plant.get("/events").json().path("items").findValuesAsText("assetId"))
                .containsExactly(first));
  }

  @Test
  void aPortsReadingsAreOfTheAssetAtThatPort() {
    plant.linked(device, first, Map.of("port", "1"));
    plant.linked(device, second, Map.of("port", "2"));

    plant.says(device, hour, Map.of("power_1", 1, "power_2", 2, "temperature", 20));

    for (String query : List.of("from=" + hour, "metric=power&from=" + hour)) {
      assertThat(plant.history(first, query)).containsExactly("1.0");
      assertThat(plant.history(second, query)).containsExactly("2.0");
    }
    assertThat(plant.latest(second, "power").path("metric").asText()).isEqualTo("power");
    assertThat(plant.unlink(device, first, "?port=2").status()).isEqualTo(404);
    assertThat(plant.unlink(device, first, "?port=1").status()).isEqualTo(200);
  }

  @Test
  void aLinkGivesMetricsOtherNamesAndKeepsSomeFromTheAsset() {
    Map<String, Object> names = new HashMap<>();
    names.put("temperature", "supply_air_temp");
    names.put("humidity", null);
    plant.linked(device, first, Map.of("metrics", names));

    plant.says(device, hour, Map.of("temperature", 20, "humidity", 50, "co2", 600));

    JsonNode items = plant.get("/assets/" + first + "/telemetry/latest").json().path("items");
    assertThat(items.findValuesAsText("metric"))
        .containsExactlyInAnyOrder("supply_air_temp", "co2");
    assertThat(plant.history(first, "metric=temperature&from=" + hour)).isEmpty();
  }

  @Test
  void anotherPrimaryAssetAtTheSamePortIsAConflictThatSaysTheWayOut() {
    plant.linked(device, first, Map.of());

    Answer conflict = plant.link(device, second, Map.of());

    assertThat(conflict.status()).isEqualTo(409);
    assertThat(conflict.text("field")).isEqualTo("move");
    assertThat(conflict.text("detail")).contains(first, "\"move\": true");
    plant.linked(device, second, Map.of("role", "backup"));
    plant.linked(device, second, Map.of("role", "backup"));
    assertThat(plant.get("/devices/" + device.id() + "/links").json().path("items")).hasSize(2);
  }

  @Test
  void aLinkMayLieInThePastAndMayNotOverlap() {
    Map<String, Object> past =
        Map.of("from", hour.toString(), "to", hour.plusSeconds(600).toString());
    plant.linked(device, first, past);
    plant.linked(device, second, Map.of("from", hour.plusSeconds(600).toString()));

    assertThat(plant.link(device, second, past).status()).isEqualTo(409);
    assertThat(
            plant
                .link(device, first, Map.of("move", true, "from", hour.plusSeconds(500).toString()))
                .status())
        .isEqualTo(409);
    plant.says(device, hour.minusSeconds(1), Map.of("temperature", 1));
    plant.says(device, hour, Map.of("temperature", 2));
    plant.says(device, hour.plusSeconds(600), Map.of("temperature", 3));
    assertThat(plant.history(first, "from=" + hour.minusSeconds(60))).containsExactly("2.0");
    assertThat(plant.history(second, "from=" + hour.minusSeconds(60))).containsExactly("3.0");
  }

  @Test
  void anUnlinkMayHaveBeenEarlierAndTakesALinkBackWhole() {
    plant.linked(device, first, Map.of("from", hour.toString()));
    plant.says(device, hour.plusSeconds(10), Map.of("temperature", 1));

    assertThat(plant.unlink(device, first, "?at=" + hour.minusSeconds(60)).status()).isEqualTo(200);

    assertThat(plant.history(first, "from=" + hour)).isEmpty();
    plant.linked(device, second, Map.of("from", hour.toString()));
    assertThat(plant.history(second, "from=" + hour)).containsExactly("1.0");
  }

  @ParameterizedTest
  @CsvSource({
    "role, '\"derived\"'",
    "port, '\"a b\"'",
    "from, '\"tomorrow\"'",
    "from, '\"2999-01-01T00:00:00Z\"'",
    "metrics, '[]'",
    "metrics.temperature, '{\"temperature\":\"power\"}'",
    "since, '\"2026-01-01T00:00:00Z\"'"
  })
  void aWrongFieldIsToldByItsName(String field, String value) {
    String name = field.replaceAll("\\..*", "");

    Answer answer =
        plant.hub.post(
            "/api/v1/devices/" + device.id() + "/assets/" + first + "/link",
            plant.admin,
            "{\"" + name + "\": " + value + "}");

    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo(field);
  }

  @Test
  void everyChangeIsAudited() {
    move();
    plant.unlink(device, second, "");

    assertThat(
            plant.hub.count(
                "select count(*) from audit where tenant_id = ? and verb in ('device.link', 'device.unlink')",
                plant.tenant))
        .isEqualTo(3);
  }

  @Test
  void aMetricWithTwoNamesOnAnAssetKeepsBothAtTheEdgeOfAPage() {
    Plant own = new Plant();
    String asset = own.asset("rack");
    Registered device = own.device();
    own.linked(device, asset, Map.of("port", "x"));
    own.linked(device, asset, Map.of("port", "b_x"));
    own.says(device, Instant.now(), Map.of("flow_b_x", 1));

    for (String kind : List.of("history?", "latest?", "aggregate?bucket=PT1M&")) {
      String path = "/assets/" + asset + "/telemetry/" + kind + "limit=1";
      JsonNode first = own.get(path).json();
      JsonNode second = own.get(path + "&cursor=" + first.path("cursor").asText()).json();

      assertThat(
              List.of(first.at("/items/0/metric").asText(), second.at("/items/0/metric").asText()))
          .as(kind)
          .containsExactly("flow", "flow_b");
      assertThat(second.path("cursor").isNull()).as(kind).isTrue();
    }
  }
}
