package io.caravanhub.edge.work;

import static io.caravanhub.edge.work.Site.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  @Test
  void whatARuleDropsIsCounted() {
    Site site = new Site(WorkSettingsTest.read("rules: [{metrics: debug_*, filter: drop}]"));
    var message = Site.with(Site.with(Site.message(NOON), "debug_a", 1), "flow", 2);
    assertThat(site.take(message)).isTrue();
    assertThat(site.take(NOON.plusSeconds(1), "debug_a", 1)).isFalse();
    assertThat(site.values()).containsExactly(new Site.Sent(NOON, "flow", 2.0));
    assertThat(site.counts.fields().get("swallowed").toString()).contains("filtered=2");
  }

  @Test
  void badReadingsAreToldOnceAndThenAgainAndAgain() {
    Site site = new Site(WorkSettingsTest.read("rules: [{filter: {badEvery: PT30S}}]"));
    for (int second = 0; second < 100; second++) {
      site.take(Site.bad(Site.message(NOON.plusSeconds(second)), "flow", "no answer"));
    }
    site.take(NOON.plusSeconds(100), "flow", 1);
    site.take(NOON.plusSeconds(101), "flow", 1);
    assertThat(site.values().stream().map(sent -> sent.at().getEpochSecond() % 3_600))
        .containsExactly(0L, 30L, 60L, 90L, 100L, 101L);
    assertThat(site.counts.fields().get("swallowed").toString()).contains("bad_repeated=96");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "garbage",
        "{\"vendor\": 1}",
        "{\"measurements\": [{\"name\": \"a\", \"value\": 1}]}",
        "{\"timestamp\": \"noon\", \"measurements\": []}",
        "{\"timestamp\": 1767268800000, \"measurements\": [{\"name\": \"a\", \"value\": 1}",
        "{\"timestamp\": 1767268800000, \"measurements\": [1]}",
        "{\"timestamp\": 1767268800000, \"measurements\": [{\"name\": \"a\", \"value\": [1]}]}",
        "{\"timestamp\": 1767268800000, \"measurements\": [{\"name\": \"a\", \"value\": 1,"
            + " \"timestamp\": 5}]}"
      })
  void whatIsNotACanonicalReadingPassesAsItCame(String body) {
    Site site = new Site(WorkSettingsTest.read("rules: [{filter: drop}]"));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    assertThat(site.work.take(bytes, true)).isSameAs(bytes.length == 0 ? null : bytes);
  }
}
