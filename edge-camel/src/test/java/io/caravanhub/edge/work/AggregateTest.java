package io.caravanhub.edge.work;

import static io.caravanhub.edge.work.Site.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AggregateTest {
  private static final String MINUTES = "rules: [{aggregate: {window: PT1M}}]";

  @Test
  void windowsAreWhatTheirReadingsComeTo() {
    for (long seed = 0; seed < 20; seed++) {
      Site site = new Site(WorkSettingsTest.read(MINUTES));
      Random random = new Random(seed);
      TreeMap<Instant, DoubleSummaryStatistics> raw = new TreeMap<>();
      Instant at = NOON;
      for (int i = 0; i < 600; i++) {
        at = at.plusMillis(200 + random.nextInt(2_000) + (random.nextInt(200) == 0 ? 150_000 : 0));
        double value = 1_000 + random.nextGaussian();
        site.take(at, "supply_air_temp", value);
        raw.computeIfAbsent(
                at.truncatedTo(ChronoUnit.MINUTES), minute -> new DoubleSummaryStatistics())
            .accept(value);
      }
      site.work.closeAll();
      List<JsonNode> windows = windows(site);
      assertThat(windows).hasSameSizeAs(raw.keySet());
      int i = 0;
      for (var minute : raw.entrySet()) {
        JsonNode window = windows.get(i++);
        assertThat(window.at("/metadata/window/from").asText())
            .isEqualTo(minute.getKey().toString());
        assertThat(value(window, "supply_air_temp"))
            .isCloseTo(minute.getValue().getAverage(), within(1e-9));
        assertThat(value(window, "supply_air_temp_min_1m")).isEqualTo(minute.getValue().getMin());
        assertThat(value(window, "supply_air_temp_max_1m")).isEqualTo(minute.getValue().getMax());
        assertThat(value(window, "supply_air_temp_count_1m"))
            .isEqualTo(minute.getValue().getCount());
      }
      assertThat(site.values().stream().map(Site.Sent::at).toList()).isSorted();
      assertThat(site.values("supply_air_temp").stream().map(Site.Sent::at).toList())
          .doesNotHaveDuplicates();
    }
  }

  private static List<JsonNode> windows(Site site) {
    List<JsonNode> windows = new ArrayList<>(site.sent);
    windows.removeIf(message -> !message.at("/metadata/window").isObject());
    return windows;
  }

  private static double value(JsonNode message, String metric) {
    for (JsonNode one : message.get("measurements")) {
      if (one.get("name").asText().equals(metric)) {
        return one.get("value").doubleValue();
      }
    }
    throw new AssertionError(metric + " is not in " + message);
  }

  @Test
  void aWindowIsStampedWithItsLastMicrosecondAndCarriesUnits() {
    Site site = new Site(WorkSettingsTest.read(MINUTES));
    site.take(NOON, "power_max", 4);
    site.take(NOON.plusSeconds(60), "power_max", 5);
    JsonNode window = windows(site).get(0);
    assertThat(window.get("timestamp").asText()).isEqualTo("2026-01-01T12:00:59.999999Z");
    assertThat(window.get("measurements").toString())
        .isEqualTo(
            "[{'name':'power_max','value':4.0},".replace('\'', '"')
                + "{'name':'power_max_min_1m','value':4.0,'unit':'kW'},".replace('\'', '"')
                + "{'name':'power_max_max_1m','value':4.0,'unit':'kW'},".replace('\'', '"')
                + "{'name':'power_max_last_1m','value':4.0,'unit':'kW'},".replace('\'', '"')
                + "{'name':'power_max_count_1m','value':1,'unit':'1'}]".replace('\'', '"'));
    assertThat(window.at("/metadata/window/partial").isMissingNode()).isTrue();
  }

  @Test
  void badReadingsAndTextsAreNotAveragedButTold() {
    Site site = new Site(WorkSettingsTest.read(MINUTES));
    for (int second = 0; second < 60; second++) {
      Instant at = NOON.plusSeconds(second);
      var message = Site.message(at);
      if (second / 10 == 3) {
        Site.bad(message, "flow", "no answer");
      } else {
        Site.with(message, "flow", second);
      }
      Site.with(message, "run_mode", second < 45 ? "auto" : "hand");
      site.take(message);
    }
    site.take(NOON.plusSeconds(60), "flow", 60);
    assertThat(site.values("run_mode").stream().map(Site.Sent::value))
        .containsExactly("auto", "hand");
    assertThat(site.values("flow").stream().map(Site.Sent::value).toList())
        .startsWith(0.0, null, 40.0);
    assertThat(value(windows(site).get(0), "flow_count_1m")).isEqualTo(50);
  }

  @Test
  void clockJumpsLoseNoReadingAndOverwriteNone() {
    Site site = new Site(WorkSettingsTest.read(MINUTES));
    Instant at = NOON;
    for (int i = 0; i < 1_000; i++) {
      long jump = i == 300 ? 7_200 : i == 500 ? -7_300 : i == 700 ? -90 : 1;
      at = at.plusSeconds(jump);
      site.take(at, "flow", i);
    }
    site.work.closeAll();
    double counted =
        windows(site).stream().mapToDouble(window -> value(window, "flow_count_1m")).sum();
    assertThat(counted).isEqualTo(1_000);
    assertThat(windows(site).stream().map(window -> window.get("timestamp").asText()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aWindowWhoseDeviceFellSilentIsClosedByAClock() {
    Site site =
        new Site(WorkSettingsTest.read("rules: [{aggregate: {window: PT1S, grace: PT0.1S}}]"));
    site.take(NOON, "flow", 3);
    site.work.closeOverdue(System.nanoTime() + 900_000_000L);
    assertThat(windows(site)).isEmpty();
    site.work.closeOverdue(System.nanoTime() + 1_200_000_000L);
    assertThat(windows(site)).hasSize(1);
  }

  @Test
  void aKilledGatewayGoesOnWithItsOpenWindow() {
    Site killed = new Site(WorkSettingsTest.read(MINUTES));
    killed.take(NOON, "flow", 1);
    killed.take(NOON.plusSeconds(1), "flow", 3);
    Site next = new Site(WorkSettingsTest.read(MINUTES));
    killed.work.keep().forEach(next.work::resume);
    next.take(NOON.plusSeconds(9), "flow", 8);
    next.take(NOON.plusSeconds(60), "flow", 8);
    JsonNode window = windows(next).get(0);
    assertThat(value(window, "flow")).isEqualTo(4);
    assertThat(value(window, "flow_count_1m")).isEqualTo(3);
    assertThat(window.at("/metadata/window/partial").asBoolean()).isTrue();
  }

  @Test
  void acknowledgedReadingsGoIntoNoWindow() {
    Site site = new Site(WorkSettingsTest.read(MINUTES));
    for (int second = 0; second < 5; second++) {
      byte[] body = Site.bytes(Site.with(Site.message(NOON.plusSeconds(second)), "flow", second));
      assertThat(site.work.take(body, false)).isSameAs(body);
    }
    site.work.closeAll();
    assertThat(site.sent).isEmpty();
  }
}
