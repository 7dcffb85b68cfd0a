package io.caravanhub.edge.work;

import static io.caravanhub.edge.work.Site.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadbandTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{absolute: 0.5, heartbeat: PT1M}",
        "{percent: 1, heartbeat: PT1M}",
        "{percent: 1, span: 60, heartbeat: PT1M}"
      })
  void everyReadingIsWithinTheDeadbandOfTheOneSentLast(String deadband) {
    for (long seed = 0; seed < 20; seed++) {
      Site site = new Site(WorkSettingsTest.read("rules: [{deadband: " + deadband + "}]"));
      Random random = new Random(seed);
      Instant at = NOON;
      double value = 40;
      for (int i = 0; i < 500; i++) {
        at = at.plusMillis(500 + random.nextInt(1_000));
        value += random.nextGaussian() * 0.2 + (random.nextInt(100) == 0 ? 5 : 0);
        boolean passed = site.take(at, "flow", value);
        Site.Sent last = site.last();
        double band = deadband.contains("percent: 1, h") ? 0.01 * (double) last.value() : 0.6;
        assertThat(passed || Math.abs(value - (double) last.value()) <= band).isTrue();
        assertThat(Duration.between(last.at(), at)).isLessThan(Duration.ofMinutes(1));
      }
      assertThat(site.sent).hasSizeBetween(10, 400);
      assertThat(site.values().stream().map(Site.Sent::at).toList()).isSorted();
      assertThat(site.counts.passed.sum()).isEqualTo(site.sent.size());
      assertThat(site.counts.readings.sum()).isEqualTo(500);
    }
  }

  @Test
  void aMessageGoesOnWithTheMetricsThatMoved() {
    Site site = new Site(WorkSettingsTest.read("rules: [{deadband: {absolute: 1}}]"));
    for (int i = 0; i < 3; i++) {
      var message = Site.message(NOON.plusSeconds(i));
      Site.with(message, "a", 10);
      Site.with(message, "b", 10 + 2 * i);
      Site.with(message, "c", 10 - 2 * i);
      Site.with(message, "d", i == 2 ? "stopped" : "runs");
      site.take(message);
    }
    assertThat(site.sent.get(0).toString()).contains("\"a\"", "\"b\"", "\"c\"", "\"d\"");
    assertThat(site.sent.get(1).path("measurements").findValuesAsText("name"))
        .containsExactly("b", "c");
    assertThat(site.sent.get(2).path("measurements").findValuesAsText("name"))
        .containsExactly("b", "c", "d");
    assertThat(site.sent.get(2).path("device_id").asText()).isEqualTo("D");
  }

  @Test
  void aChangeOfQualityPassesWhateverTheValue() {
    Site site = new Site(WorkSettingsTest.read("rules: [{deadband: {absolute: 1}}]"));
    site.take(NOON, "flow", 10);
    assertThat(site.take(NOON.plusSeconds(1), "flow", 10)).isFalse();
    assertThat(site.take(Site.bad(Site.message(NOON.plusSeconds(2)), "flow", "timeout"))).isTrue();
    assertThat(site.take(Site.bad(Site.message(NOON.plusSeconds(3)), "flow", "timeout"))).isFalse();
    assertThat(site.take(Site.bad(Site.message(NOON.plusSeconds(4)), "flow", "refused"))).isTrue();
    assertThat(site.take(NOON.plusSeconds(5), "flow", 10)).isTrue();
  }

  @Test
  void aClockSetBackSilencesNothing() {
    Site site = new Site(WorkSettingsTest.read("rules: [{deadband: {absolute: 1}}]"));
    site.take(NOON, "flow", 10);
    assertThat(site.take(NOON.minusSeconds(3_600), "flow", 10)).isTrue();
    assertThat(site.take(NOON.minusSeconds(3_599), "flow", 10)).isFalse();
  }

  @Test
  void aMessageGivenAgainHasTheSameOutcome() {
    Site site = new Site(WorkSettingsTest.read("rules: [{deadband: {absolute: 1}}]"));
    site.take(NOON, "flow", 10);
    assertThat(site.take(NOON, "flow", 10)).isTrue();
    site.work.forget();
    assertThat(site.take(NOON.plusSeconds(1), "flow", 10)).isTrue();
  }
}
