package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.lease.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hubs without Kafka, to which a device's messages come in turn: nobody tells them so. */
class HandOverTest {
  private static final Acting ACTING = new Acting();
  private static final Instant START =
      Instant.now().minusSeconds(7200).truncatedTo(ChronoUnit.SECONDS);

  @TempDir Path folder;
  private final String tenant = TestDatabase.tenant();
  private final String device = TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One");
  private final SetClock clock = new SetClock(START);
  private RuleEngine one;
  private RuleEngine other;

  @Test
  void aDelayAHysteresisAndAnEventGoOn() throws Exception {
    rule("{metric: superheat, above: 15, clear: 12, for: PT60S}");
    assertThat(says(one, 0, 20)).isEmpty();
    assertThat(says(one, 40, 20)).isEmpty();
    assertThat(says(other, 101, 20)).containsExactly(Detection.Kind.RAISE);
    assertThat(says(other, 110, 13)).doesNotContain(Detection.Kind.CLEAR);
    assertThat(says(one, 200, 13)).doesNotContain(Detection.Kind.RAISE, Detection.Kind.CLEAR);
    assertThat(says(one, 210, 10)).containsExactly(Detection.Kind.CLEAR);
    assertThat(says(other, 300, 20)).isEmpty();
    assertThat(count("select count(*) from events")).isEqualTo(1);
    assertThat(count("select count(*) from actions")).isEqualTo(1);
    assertThat(count("select count(*) from events where status = 'resolved'")).isEqualTo(1);
  }

  @Test
  void aWindowGoesOn() throws Exception {
    rule("{metric: superheat, rises: 5, within: PT100S}");
    assertThat(says(one, 0, 10)).isEmpty();
    assertThat(says(one, 30, 12)).isEmpty();
    assertThat(says(other, 100, 16)).containsExactly(Detection.Kind.RAISE);
  }

  /** Both know the device from their start. */
  private void rule(String when) throws Exception {
    Files.writeString(
        folder.resolve("r.yaml"),
        "rules: [{id: r, when: %s, event: {type: likely_failure, severity: high, family: f, message: m}}]"
            .formatted(when));
    one = hub();
    other = hub();
    one.watch();
    other.watch();
  }

  private RuleEngine hub() {
    RuleLibrary library = new RuleLibrary(folder.toString(), ACTING.jdbc);
    return new RuleEngine(
        library::book,
        new DeviceHistory(ACTING.jdbc),
        clock,
        0,
        () -> Lease.always("silence"),
        () -> false,
        false);
  }

  private List<Detection.Kind> says(RuleEngine to, int second, double superheat) {
    Instant at = START.plusSeconds(second);
    clock.set(at);
    TestDatabase.store(device, "superheat", at, superheat);
    Measurement measurement = Measurement.of("superheat", at, superheat, "K");
    List<Detection> found =
        to.evaluate(new Telemetry(tenant, device, "test", List.of(measurement)));
    ACTING.eventLog.recordAll(found);
    return found.stream().map(Detection::kind).toList();
  }

  private long count(String sql) {
    return TestDatabase.count(ACTING.dataSource, tenant, sql);
  }
}
