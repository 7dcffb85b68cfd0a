package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is derived of an asset's past on request. */
class AssetPastTest {
  private final Plant plant = new Plant();
  private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(3600);

  @Test
  void moreReadingsBeforeTheStartThanACallTakesDoNotTurnItBack() {
    String asset = plant.asset("");
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    plant.says(device, start, Map.of("motor_speed", 1000, "power", 1));
    dense(device, start.plusSeconds(1), 21_000);
    plant.says(device, start.plusSeconds(400), Map.of("power", 500));
    define(asset, "dense", "load_ratio", "power / motor_speed");
    Instant from = start.plusSeconds(300);

    JsonNode first = derive(asset, Map.of("from", from.toString()));

    assertThat(first.path("next").isNull()).as(first.toString()).isTrue();
    assertThat(first.path("readings").asInt()).isEqualTo(1);
    assertThat(first.path("values").asInt()).isEqualTo(1);
    assertThat(plant.history(asset, "metric=load_ratio")).endsWith("0.5");

    Map<String, String> all = Map.of("from", start.toString());
    JsonNode half = derive(asset, all);
    Instant next = Instant.parse(half.path("next").asText());
    assertThat(next).isAfter(start);
    int calls = 1;
    while (next != null && calls < 10) {
      JsonNode more = derive(asset, Map.of("from", next.toString()));
      Instant after = more.path("next").isNull() ? null : Instant.parse(more.path("next").asText());
      assertThat(after == null || after.isAfter(next)).isTrue();
      next = after;
      calls++;
    }
    assertThat(next).isNull();
    assertThat(rows(asset)).isEqualTo(21_002);
  }

  @Test
  void readingsThatAreDaysApartAreAllFound() {
    String asset = plant.asset("");
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    for (int day : List.of(1, 2, 5)) {
      plant.says(device, start.minus(Duration.ofDays(day)), Map.of("power", day));
    }
    define(asset, "sparse", "double_power", "power * 2");

    JsonNode made = derive(asset, Map.of("from", start.minus(Duration.ofDays(30)).toString()));

    assertThat(made.path("readings").asInt()).isEqualTo(3);
    assertThat(plant.history(asset, "metric=double_power&from=" + start.minus(Duration.ofDays(6))))
        .containsExactly("10.0", "4.0", "2.0");
  }

  @Test
  void noRuleLooksAtThePast() {
    String asset = plant.asset("");
    plant
        .hub
        .owner()
        .sql(
            "insert into rules (id, tenant_id, definition, source, author) values ('past', ?, ?::jsonb, 'api', 'test')")
        .params(
            plant.tenant,
            """
            {"id": "past", "scope": {"asset": "%s"}, "when": {"metric": "load_share", "above": 90, "clear": 80},
             "event": {"type": "warning", "severity": "high", "family": "load", "message": "Overloaded"}}\
            """
                .formatted(asset))
        .update();
    Plant.eventually(
        () ->
            assertThat(plant.get("/rules").json().path("items").findValuesAsText("id"))
                .contains("past"));
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    plant.says(device, start, Map.of("power", 950));
    plant.says(device, start.plusSeconds(60), Map.of("power", 960));
    plant.says(device, start.plusSeconds(120), Map.of("power", 100));
    define(asset, "ruled", "load_share", "power / 10");
    Plant.eventually(() -> assertThat(plant.history(asset, "metric=load_share")).contains("10.0"));

    JsonNode made = derive(asset, Map.of("from", start.toString()));

    assertThat(made.path("values").asInt()).isEqualTo(3);
    assertThat(plant.history(asset, "metric=load_share")).containsExactly("95.0", "96.0", "10.0");
    assertThat(plant.get("/events").json().path("items")).isEmpty();
    plant.hub.owner().sql("delete from rules where tenant_id = ?").params(plant.tenant).update();
  }

  @Test
  void anAgeThatNobodyCanMeanIsRefused() {
    Answer answer =
        plant.send(
            "PUT",
            "/asset-types/old",
            Map.of(
                "max_age",
                "P900000D",
                "derived",
                List.of(Map.of("metric", "d", "expression", "power"))));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo("max_age");
  }

  /** Readings of power, ten milliseconds apart, as if they had been stored. */
  private void dense(Registered device, Instant from, int count) {
    plant
        .hub
        .owner()
        .sql(
            """
            insert into telemetry (device_id, metric_id, ts, value, quality, batch_id)
            select d.key, s.metric_id, ?::timestamptz + n * interval '10 milliseconds', n, 0, 1
              from devices d join telemetry_series s on s.device_id = d.key join metrics m on m.id = s.metric_id and m.key = 'power'
             cross join generate_series(1, ?) n where d.id = ?::uuid\
            """)
        .params(from.toString(), count, device.id())
        .update();
  }

  private void define(String asset, String type, String metric, String expression) {
    plant.define(
        type, Map.of("derived", List.of(Map.of("metric", metric, "expression", expression))));
    Answer typed =
        plant.send("PATCH", "/assets/" + asset, Map.of("asset_type", type, "name", "Late"));
    assertThat(typed.status()).as(typed.toString()).isEqualTo(200);
  }

  private JsonNode derive(String asset, Map<String, String> body) {
    Answer answer = plant.send("POST", "/assets/" + asset + "/derive", body);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.json();
  }

  private int rows(String asset) {
    return plant
        .hub
        .owner()
        .sql(
            "select count(*)::int from telemetry t join devices d on d.key = t.device_id where d.serial = ?")
        .params("asset:" + asset)
        .query(Integer.class)
        .single();
  }
}
