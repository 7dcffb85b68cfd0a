package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.TestDatabase;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventSeriesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventStory story = new EventStory();

  @Test
  void theSeriesAroundAnEventIsKeptWhenTelemetryIsGone() throws Exception {
    // The event is two hours old, and cleared one hour ago.
    measure(-3 * 3600, 8);
    measure(-2 * 3600 - 600, 9);
    measure(-2 * 3600, 18);
    measure(-3600, 17);
    raiseAndClear();
    EventDetail.Series before = series();
    assertThat(before.points()).isEqualTo("[]");
    assertThat(before.whole()).isFalse();

    fill();
    assertThat(values(series())).isEqualTo("[8.0,9.0,18.0,17.0]");
    assertThat(series().whole()).isTrue();
    assertThat(series().unit()).isEqualTo("K");

    dropTelemetry();
    due();
    fill();
    assertThat(values(series())).isEqualTo("[8.0,9.0,18.0,17.0]");
  }

  @Test
  void aLongSeriesIsThinnedAndKeepsItsPeaks() throws Exception {
    for (int second = -3 * 3600; second < -3600; second += 30) {
      measure(second, second == -5400 ? 99 : second % 90 / 10.0);
    }
    raiseAndClear();
    fill();
    JsonNode points = JSON.readTree(series().points());
    assertThat(points.size()).isBetween(100, 200);
    assertThat(values(series())).contains("99.0");
  }

  @Test
  void aSeriesGrowsUntilTheSignalClears() throws Exception {
    measure(-60, 18);
    story.raise(-60);
    fill();
    assertThat(values(series())).isEqualTo("[18.0]");
    assertThat(series().whole()).isFalse();
    measure(-30, 19);
    due();
    fill();
    assertThat(values(series())).isEqualTo("[18.0,19.0]");
  }

  @Test
  void whatAHubDidNotFillBeforeItFellIsFilledByTheNext() throws Exception {
    measure(-2 * 3600, 18);
    raiseAndClear();
    // Claimed by a hub that fell: the claim lapses.
    TestDatabase.owner()
        .sql("update event_series set next_at = now() + interval '1 minute' where tenant_id = ?")
        .params(story.tenant)
        .update();
    fill();
    assertThat(series().points()).isEqualTo("[]");
    due();
    fill();
    assertThat(values(series())).isEqualTo("[18.0]");
  }

  private void raiseAndClear() {
    story.raise(-2 * 3600);
    story.clear(-2 * 3600, -3600);
  }

  private void measure(int second, double value) {
    Instant at = story.at(second);
    TestDatabase.store(story.device.id(), "superheat", at, value);
  }

  private void fill() {
    story.as(() -> new EvidenceRows(EventStory.ACTING.jdbc).fill());
  }

  private void due() {
    TestDatabase.owner()
        .sql("update event_series set next_at = now() where tenant_id = ?")
        .params(story.tenant)
        .update();
  }

  private void dropTelemetry() {
    TestDatabase.owner()
        .sql("delete from telemetry where device_id = (select key from devices where id = ?::uuid)")
        .params(story.device.id())
        .update();
  }

  private EventDetail.Series series() {
    UUID id = story.only().id();
    return story.detail(id).series().get(0);
  }

  private static String values(EventDetail.Series series) throws Exception {
    StringBuilder values = new StringBuilder("[");
    for (JsonNode point : JSON.readTree(series.points())) {
      values.append(values.length() > 1 ? "," : "").append(point.get(1).asDouble());
    }
    return values.append("]").toString();
  }
}
