package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Latest values, history and aggregates, of a device, an asset and a piece of equipment. */
class TelemetryReadingTest {
  private final RunningHub hub = RunningHub.get();
  private final String equipment = RunningHub.unique("EQ");
  private final String asset = RunningHub.unique("A");
  private final Registered left =
      hub.device(hub.admin(), Map.of("equipment_id", equipment, "device_type", "sensor"));
  private final Registered right =
      hub.device(hub.admin(), Map.of("equipment_id", equipment, "device_type", "sensor"));
  private final Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minusSeconds(7200);

  /** Two devices with the same metrics at the same four minutes. */
  @BeforeEach
  void say() {
    hub.post("/api/v1/assets", hub.admin(), Map.of("id", asset, "name", "Both"));
    for (Registered device : List.of(left, right)) {
      hub.post(
          "/api/v1/devices/" + device.id() + "/assets/" + asset + "/link", hub.admin(), Map.of());
      List<?> messages =
          IntStream.range(0, 4)
              .mapToObj(
                  minute ->
                      Map.of(
                          "device_id",
                          device.id(),
                          "timestamp",
                          hour.plusSeconds(60L * minute).toString(),
                          "metrics",
                          Map.of("temperature", 20 + minute, "humidity", 40)))
              .toList();
      assertThat(hub.ingest(hub.admin(), messages).status()).isEqualTo(202);
    }
  }

  @Test
  void givesTheLatestValueOfEachMetric() {
    JsonNode items = items("/devices/" + left.serial() + "/telemetry/latest?metric=temperature");

    assertThat(items.size()).isEqualTo(1);
    assertThat(items.get(0).toString())
        .isEqualTo(
            "{\"device\":\"%s\",\"metric\":\"temperature\",\"ts\":\"%s\",\"value\":23.0,\"unit\":\"Cel\",\"quality\":\"good\"}"
                .formatted(left.id(), hour.plusSeconds(180)));
  }

  @Test
  void givesAssetsAndEquipmentTheTelemetryOfTheirDevices() {
    for (String of : List.of("/assets/" + asset, "/equipment/" + equipment)) {
      assertThat(items(of + "/telemetry/latest").size()).as(of).isEqualTo(4);
      assertThat(items(of + "/telemetry/history").size()).as(of).isEqualTo(16);
    }
  }

  @Test
  void keepsToTheTimesAsked() {
    String between =
        "?metric=temperature&from=" + hour.plusSeconds(60) + "&to=" + hour.plusSeconds(180);

    assertThat(
            items("/devices/" + left.id() + "/telemetry/history" + between)
                .findValuesAsText("value"))
        .containsExactly("21.0", "22.0");
  }

  @Test
  void aggregatesInBuckets() {
    String path = aggregate(left, "metric=temperature");

    JsonNode mean = items(path + "&bucket=PT1H").get(0);
    assertThat(mean.path("value").asDouble()).isEqualTo(21.5);
    assertThat(mean.path("count").asInt()).isEqualTo(4);
    assertThat(mean.path("ts").asText()).isEqualTo(hour.toString());
    for (String bucket : List.of("PT2M", "2m", "120s")) {
      assertThat(values(path + "&bucket=" + bucket + "&agg=max")).containsExactly("21.0", "23.0");
    }
    assertThat(values(path + "&bucket=2m&agg=first")).containsExactly("20.0", "22.0");
    assertThat(values(path + "&bucket=2m&agg=last")).containsExactly("21.0", "23.0");
    assertThat(values(path + "&bucket=2m&agg=sum")).containsExactly("41.0", "45.0");
    assertThat(values(path + "&bucket=2m&agg=count")).containsExactly("2", "2");
  }

  @Test
  void aggregatesLongTimesFromTheRollups() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              for (String bucket : List.of("1m", "15m", "1h", "1d")) {
                String path =
                    "/assets/" + asset + "/telemetry/aggregate?agg=sum&limit=500&bucket=" + bucket;
                double sum = 0;
                for (JsonNode item : items(path + "&from=" + hour.minusSeconds(900_000))) {
                  sum += item.path("value").asDouble();
                }
                assertThat(sum).as(bucket).isEqualTo(2 * (20 + 21 + 22 + 23 + 4 * 40));
              }
            });
  }

  @Test
  void fillsGapsAsAsked() {
    hub.ingest(
        hub.admin(),
        Map.of(
            "device_id", left.id(),
            "timestamp", hour.plusSeconds(360).toString(),
            "metrics", Map.of("temperature", 29)));
    String path =
        "/devices/"
            + left.id()
            + "/telemetry/aggregate?metric=temperature&bucket=1m&from="
            + hour.plusSeconds(60)
            + "&to="
            + hour.plusSeconds(480);

    assertThat(values(path)).containsExactly("21.0", "22.0", "23.0", "29.0");
    assertThat(values(path + "&fill=null"))
        .containsExactly("21.0", "22.0", "23.0", "null", "null", "29.0", "null");
    assertThat(values(path + "&fill=previous"))
        .containsExactly("21.0", "22.0", "23.0", "23.0", "23.0", "29.0", "29.0");
    assertThat(values(path + "&fill=linear"))
        .containsExactly("21.0", "22.0", "23.0", "25.0", "27.0", "29.0", "null");
    assertThat(values(path + "&fill=null&agg=count"))
        .containsExactly("1", "1", "1", "0", "0", "1", "0");
  }

  @Test
  void takesSeveralMetrics() {
    String path = "/devices/" + left.id() + "/telemetry/history?";

    assertThat(items(path + "metric=temperature,humidity")).hasSize(8);
    assertThat(items(path + "metric=temperature&metric=humidity")).hasSize(8);
    assertThat(items(path + "metric=temperature,unheard_of")).hasSize(4);
  }

  @Test
  void answersInCsvWhenAsked() {
    String path = "/devices/" + left.id() + "/telemetry/history?metric=temperature&limit=2";

    Answer answer = get(path + "&format=csv");

    assertThat(answer.contentType()).startsWith("text/csv");
    assertThat(answer.body())
        .isEqualTo(
            "device,metric,ts,value,unit,quality,quality_reason\r\n%1$s,temperature,%2$s,20.0,Cel,good,\r\n%1$s,temperature,%3$s,21.0,Cel,good,\r\n"
                .formatted(left.id(), hour, hour.plusSeconds(60)));
    assertThat(get(path + "&format=csv&cursor=" + answer.cursor()).body()).contains("22.0", "23.0");
  }

  @Test
  void showsAnotherTenantNothing() {
    String stranger = hub.token(RunningHub.unique("t"), "admin");
    for (String of :
        List.of("/devices/" + left.id(), "/assets/" + asset, "/equipment/" + equipment)) {
      for (String question :
          List.of(
              "latest",
              "history",
              "history?metric=temperature",
              "aggregate?from=" + hour,
              "aggregate?from=" + hour.minusSeconds(900_000))) {
        Answer answer = hub.get("/api/v1" + of + "/telemetry/" + question, stranger);
        if (of.startsWith("/equipment/")) {
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.json().path("items")).as(of + " " + question).isEmpty();
        } else {
          assertThat(answer.status()).as(of + " " + question).isEqualTo(404);
          assertThat(answer.isProblem()).isTrue();
        }
      }
    }
  }

  @Test
  void pagesThroughEverythingOnceAlsoWhenDevicesShareATime() {
    for (String question :
        List.of(
            "history?",
            "latest?",
            "aggregate?bucket=PT1M&from=" + hour + "&",
            "aggregate?bucket=PT1M&fill=previous&from="
                + hour
                + "&to="
                + hour.plusSeconds(600)
                + "&",
            "history?metric=humidity&")) {
      String path = "/assets/" + asset + "/telemetry/" + question;
      JsonNode whole = items(path + "limit=100");

      List<String> paged = new ArrayList<>();
      String cursor = "";
      do {
        Answer page = get(path + "limit=3" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
        assertThat(page.json().path("items").size()).isLessThanOrEqualTo(3);
        page.json().path("items").forEach(item -> paged.add(item.toString()));
        cursor = page.json().path("cursor").asText("");
        assertThat(paged.size()).as("pages end: %s", path).isLessThanOrEqualTo(whole.size());
      } while (!cursor.isEmpty() && !cursor.equals("null"));

      List<String> all = new ArrayList<>();
      whole.forEach(item -> all.add(item.toString()));
      assertThat(paged).as(path).containsExactlyElementsOf(all);
      assertThat(new HashSet<>(paged)).as(path).hasSameSizeAs(paged);
    }
  }

  @Test
  void namesTheParameterThatIsWrong() {
    String of = "/devices/" + left.id() + "/telemetry/";

    problem(of + "history?from=yesterday", "from");
    problem(of + "history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from");
    problem(of + "history?limit=0", "limit");
    problem(of + "history?limit=many", "limit");
    problem(of + "history?cursor=%21", "cursor");
    problem(of + "history?cursor=bm90aGluZw", "cursor");
    problem(of + "aggregate?bucket=hour", "bucket");
    problem(of + "aggregate?bucket=P1M", "bucket");
    problem(of + "aggregate?bucket=1s&fill=null&from=2026-01-01T00:00:00Z", "bucket");
    problem(of + "aggregate?agg=median", "agg");
    problem(of + "aggregate?fill=guess", "fill");
    problem(of + "latest?format=xml", "format");
    assertThat(get("/houses/1/telemetry/latest").status()).isEqualTo(404);
  }

  @Test
  void pagesThroughTheDevices() {
    String path = "/devices?equipment_id=" + equipment + "&limit=1";
    Answer first = get(path);
    Answer second = get(path + "&cursor=" + first.text("cursor"));

    assertThat(first.json().path("items").size()).isEqualTo(1);
    assertThat(second.json().path("items").size()).isEqualTo(1);
    assertThat(second.json().path("cursor").isNull()).isTrue();
    assertThat(List.of(id(first), id(second))).containsExactlyInAnyOrder(left.id(), right.id());
  }

  private static String id(Answer page) {
    return page.json().path("items").get(0).path("id").asText();
  }

  private void problem(String path, String field) {
    Answer answer = get(path);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.text("field")).isEqualTo(field);
  }

  private JsonNode items(String path) {
    Answer answer = get(path);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("items");
  }

  private String aggregate(Registered device, String question) {
    return "/devices/"
        + device.id()
        + "/telemetry/aggregate?from="
        + hour
        + "&to="
        + hour.plusSeconds(3600)
        + "&"
        + question;
  }

  private List<String> values(String path) {
    return items(path).findValuesAsText("value");
  }

  private Answer get(String path) {
    return hub.get("/api/v1" + path, hub.admin());
  }
}
