package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartTest {
  private static final Acting ACTING = new Acting();
  private static final Instant START =
      Instant.now().minusSeconds(7200).truncatedTo(ChronoUnit.SECONDS);

  @TempDir Path folder;
  private String tenant;
  private String device;
  private RuleEngine engine;

  @BeforeEach
  void startAHub() throws Exception {
    tenant = TestDatabase.tenant();
    device = TestDatabase.device(tenant, "RTU-9", "rooftop_unit", "One");
    rules("{metric: superheat, above: 15, clear: 12, for: PT30S}");
    restart(0);
  }

  @Test
  void aRestartDoesNotForgetARunningDuration() {
    measure(0, 20);
    measure(20, 20);
    restart(21);
    assertThat(measure(31, 20)).containsExactly(Detection.Kind.RAISE);
    assertThat(openedAfter()).containsExactly(0L);
  }

  @Test
  void aRestartDoesNotFireTwice() {
    measure(0, 20);
    measure(30, 20);
    restart(31);
    measure(40, 20);
    restart(41);
    measure(50, 20);
    assertThat(count("select count(*) from events")).isEqualTo(1);
    assertThat(count("select count(*) from actions")).isEqualTo(1);
  }

  @Test
  void aRestartHoursAfterTheOnsetStillKnowsTheOpenEvent() {
    measure(0, 20);
    measure(30, 20);
    for (int second = 600; second <= 6000; second += 600) {
      measure(second, 20);
    }
    restart(6001);
    measure(6010, 20);
    assertThat(count("select count(*) from events")).isEqualTo(1);
    assertThat(measure(6020, 10)).containsExactly(Detection.Kind.CLEAR);
    assertThat(count("select count(*) from events where status = 'resolved'")).isEqualTo(1);
  }

  @Test
  void whatWasStoredButNotEvaluatedWhenTheHubDiedIsNoticedAtTheStart() {
    measure(0, 20);
    TestDatabase.store(device, "superheat", START.plusSeconds(35), 20);
    restart(4000);
    watch();
    assertThat(openedAfter()).containsExactly(0L);
  }

  @Test
  void anEventThatEndedIsNotRaisedAgainFromItsOwnPast() {
    measure(0, 20);
    measure(30, 20);
    measure(40, 10);
    restart(41);
    watch();
    restart(42);
    measure(43, 10);
    assertThat(count("select count(*) from events")).isEqualTo(1);
  }

  @Test
  void aDismissedEventStaysSilentUntilItsConditionComesBack() {
    measure(0, 20);
    measure(30, 20);
    TestDatabase.owner()
        .sql("update events set status = 'dismissed' where tenant_id = :t")
        .param("t", tenant)
        .update();
    restart(31);
    measure(70, 20);
    assertThat(count("select count(*) from events")).isEqualTo(1);
    measure(80, 10);
    measure(90, 20);
    measure(120, 20);
    assertThat(count("select count(*) from events")).isEqualTo(2);
  }

  @Test
  void anEventThatCouldNotBeRecordedIsSaidAgainAfterForgetting() {
    measure(0, 20);
    store(30, 20);
    List<Detection> lost = engine.evaluate(telemetry(30, 20));
    assertThat(lost).hasSize(1);
    engine.forget(tenant, device);
    assertThat(measure(40, 20)).startsWith(Detection.Kind.RAISE);
    assertThat(openedAfter()).containsExactly(0L);
  }

  @Test
  void aRestartRemembersTheWindowOfARate() throws Exception {
    rules("{metric: superheat, rises: 5, within: PT60S}");
    restart(0);
    measure(0, 10);
    measure(30, 12);
    restart(31);
    assertThat(measure(60, 16)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void aStuckSensorStaysStuckOverARestart() throws Exception {
    rules("{metric: superheat, unchanged_for: PT60S}");
    restart(0);
    for (int second = 0; second <= 300; second += 10) {
      measure(second, 7);
    }
    restart(301);
    measure(310, 7);
    assertThat(count("select count(*) from events where resolved_at is null")).isEqualTo(1);
    assertThat(measure(320, 7.1)).containsExactly(Detection.Kind.CLEAR);
    assertThat(count("select count(*) from events")).isEqualTo(1);
  }

  @Test
  void aDeviceThatFallsSilentIsNoticedAndClearsWhenItSpeaks() throws Exception {
    rules("{silent_for: PT60S}");
    restart(0);
    measure(0, 10);
    at(59);
    assertThat(watch()).isEmpty();
    at(61);
    assertThat(watch()).containsExactly(Detection.Kind.RAISE);
    assertThat(measure(100, 10)).containsExactly(Detection.Kind.CLEAR);
  }

  @Test
  void theTimeThatTheHubItselfWasDownIsNotTheDevicesSilence() throws Exception {
    rules("{silent_for: PT60S}");
    restart(0);
    measure(0, 10);
    restart(1000);
    assertThat(watch()).isEmpty();
    at(1061);
    assertThat(watch()).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void aChangedRuleIsInForceWithTheNextMessage() throws Exception {
    measure(0, 14);
    rules("{metric: superheat, above: 13}");
    assertThat(measure(10, 14)).contains(Detection.Kind.RAISE);
  }

  private Instant now = START;
  private RuleLibrary library;

  private void at(int second) {
    now = START.plusSeconds(second);
  }

  private void rules(String when) throws Exception {
    String file =
        "rules: [{id: r, when: %s, event: {type: likely_failure, severity: high, family: f, message: m}}]"
            .formatted(when);
    Files.writeString(folder.resolve("r.yaml"), file);
    if (library != null) {
      library.refresh();
    }
  }

  private void restart(int second) {
    at(second);
    library = new RuleLibrary(folder.toString(), ACTING.jdbc);
    engine =
        new RuleEngine(
            library,
            new DeviceHistory(ACTING.jdbc),
            new Clock() {
              @Override
              public Instant instant() {
                return now;
              }

              @Override
              public ZoneOffset getZone() {
                return ZoneOffset.UTC;
              }

              @Override
              public Clock withZone(java.time.ZoneId zone) {
                return this;
              }
            });
  }

  private List<Detection.Kind> measure(int second, double superheat) {
    at(second);
    store(second, superheat);
    return record(engine.evaluate(telemetry(second, superheat)));
  }

  private void store(int second, double superheat) {
    TestDatabase.store(device, "superheat", START.plusSeconds(second), superheat);
  }

  private Telemetry telemetry(int second, double superheat) {
    Measurement measurement =
        Measurement.of("superheat", START.plusSeconds(second), superheat, "K");
    return new Telemetry(tenant, device, "test", List.of(measurement));
  }

  private List<Detection.Kind> watch() {
    return record(engine.watch().stream().filter(d -> d.tenant().equals(tenant)).toList());
  }

  private static List<Detection.Kind> record(List<Detection> found) {
    ACTING.eventLog.recordAll(found);
    return found.stream().map(Detection::kind).toList();
  }

  private List<Long> openedAfter() {
    return TestDatabase.owner()
        .sql("select opened_at from events where tenant_id = :t")
        .param("t", tenant)
        .query((row, n) -> Duration.between(START, row.getTimestamp(1).toInstant()).toSeconds())
        .list();
  }

  private long count(String sql) {
    return TestDatabase.count(ACTING.dataSource, tenant, sql);
  }
}
