package io.caravanhub.edge.work;

import static io.caravanhub.edge.work.Site.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BurstTest {
  private static Site site(String when) {
    return new Site(
        WorkSettingsTest.read(
            """
            rules:
              - aggregate: {window: PT1M}
                burst: {before: PT10S, after: PT5S, pause: PT1M, when: %s}
            """
                .formatted(when)));
  }

  private static List<JsonNode> burst(Site site) {
    return site.sent.stream().filter(one -> one.at("/metadata/burst").isTextual()).toList();
  }

  private static Instant at(JsonNode message) {
    return Instant.parse(message.get("timestamp").asText());
  }

  @Test
  void theRawReadingsAroundAnAnomalyAreSentWholeInOrderAndMarked() {
    Site site = site("{deviations: 6}");
    Random random = new Random(1);
    for (int second = 0; second < 200; second++) {
      var message = Site.message(NOON.plusSeconds(second));
      Site.with(message, "flow", second == 130 ? 90 : 50 + random.nextGaussian());
      Site.with(message, "run_mode", "auto");
      site.take(message);
    }
    List<JsonNode> burst = burst(site);
    assertThat(burst.stream().map(BurstTest::at).toList())
        .isSorted()
        .hasSize(16)
        .startsWith(NOON.plusSeconds(120))
        .endsWith(NOON.plusSeconds(135));
    assertThat(burst).allMatch(one -> one.get("measurements").size() == 2);
    assertThat(burst.stream().map(one -> one.at("/metadata/burst").asText()).distinct())
        .containsExactly("D-" + NOON.plusSeconds(130).toEpochMilli());
    assertThat(site.counts.bursts.sum()).isEqualTo(1);
  }

  @Test
  void aBurstTakesNothingOutOfTheWindows() {
    Site site = site("{above: 80}");
    for (int second = 0; second <= 60; second++) {
      site.take(NOON.plusSeconds(second), "flow", second == 30 ? 90 : 50);
    }
    JsonNode window =
        site.sent.stream().filter(one -> one.at("/metadata/window").isObject()).findFirst().get();
    assertThat(window.get("measurements").get(4).get("value").intValue()).isEqualTo(60);
    assertThat(burst(site)).hasSize(16);
  }

  @Test
  void aThresholdIsCrossedOnceAndABurstIsFollowedByAPause() {
    Site site = site("{above: 80, below: 10}");
    for (int second = 0; second < 55; second++) {
      site.take(NOON.plusSeconds(second), "flow", second >= 20 && second < 50 ? 90 : 50);
    }
    site.take(NOON.plusSeconds(55), "flow", 5);
    assertThat(site.counts.bursts.sum()).isEqualTo(1);
    site.take(NOON.plusSeconds(56), "flow", 50);
    site.take(NOON.plusSeconds(90), "flow", 5);
    assertThat(site.counts.bursts.sum()).isEqualTo(2);
  }

  @Test
  void aChangeOfQualityAndAnEventSetOneOff() {
    Site quality = site("{quality: true}");
    quality.take(NOON, "flow", 1);
    quality.take(NOON.plusSeconds(1), "flow", 1);
    quality.take(Site.bad(Site.message(NOON.plusSeconds(2)), "flow", "no answer"));
    assertThat(burst(quality)).hasSize(2);
    Site event = site("{event: true}");
    event.take(NOON, "flow", 1);
    event.take(NOON.plusSeconds(1), "flow", 1);
    event.take(NOON.plusSeconds(2), "flow", 1);
    event.work.event();
    event.take(NOON.plusSeconds(3), "flow", 1);
    assertThat(burst(event)).hasSize(3);
  }

  @Test
  void theRawPastIsBounded() {
    Site site =
        new Site(
            WorkSettingsTest.read(
                """
                memory: 1000
                rules:
                  - deadband: {absolute: 5}
                    burst: {before: PT1H, when: {above: 80}}
                """));
    for (int second = 0; second < 100; second++) {
      site.take(NOON.plusSeconds(second), "flow", 50);
    }
    site.take(NOON.plusSeconds(100), "flow", 90);
    assertThat(burst(site).size()).isBetween(5, 12);
    assertThat(site.counts.burstShort.sum()).isGreaterThan(80);
  }

  @Test
  void theMarkGoesBesideWhatMetadataThereIs() {
    for (String metadata : List.of("{}", "{ }", "{\"clock\":{\"offset_ms\":5}}")) {
      Site site = site("{above: 80}");
      site.take(
          Site.parse(
              ("{\"metadata\":"
                      + metadata
                      + ",\"timestamp\":1767268800000,"
                      + "\"measurements\":[{\"value\":90,\"name\":\"flow\"}]}")
                  .getBytes()));
      assertThat(burst(site)).hasSize(1);
      assertThat(burst(site).get(0).path("metadata").size())
          .isEqualTo(metadata.contains("clock") ? 2 : 1);
    }
  }
}
