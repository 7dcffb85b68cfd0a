package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
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
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
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
  void anOpenEventOfAPartThatHasToLastIsNotOverByARestart() throws Exception {
    rules("{all: [{metric: superheat, above: 15, for: PT60S}]}");
    restart(0);
    measure(0, 20);
    assertThat(measure(60, 20)).containsExactly(Detection.Kind.RAISE);
    restart(61);
    assertThat(measure(70, 20)).doesNotContain(Detection.Kind.CLEAR);
    assertThat(measure(80, 10)).containsExactly(Detection.Kind.CLEAR);
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
  void aDelayGoesOnThatBeganWithTheReadingLongBefore() {
    measure(0, 20);
    restart(1);
    assertThat(measure(200, 20)).containsExactly(Detection.Kind.RAISE);
    assertThat(openedAfter()).containsExactly(0L);
  }

  @Test
  void whatAnotherHubHasStoredAndPerhapsNotJudgedIsJudged() {
    measure(-10, 10);
    store(0, 20);
    store(40, 20);
    store(60, 10);
    store(900, 10);
    engine.forget(tenant, device, START.toEpochMilli());
    assertThat(measure(900, 10)).containsExactly(Detection.Kind.RAISE, Detection.Kind.CLEAR);
    engine.forget(tenant, device, START.toEpochMilli());
    assertThat(measure(910, 10)).as("it comes again").isEmpty();
    assertThat(count("select count(*) from events")).isEqualTo(1);
    assertThat(count("select count(*) from actions")).isEqualTo(1);
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
  void theTimeThatTheHubItselfWasDownIsNotTheAbsenceOfAMetric() throws Exception {
    rules("{metric: superheat, missing_for: PT60S}");
    restart(0);
    measure(0, 10);
    restart(1000);
    assertThat(watch()).isEmpty();
    at(1061);
    assertThat(watch()).containsExactly(Detection.Kind.RAISE);
    assertThat(openedAfter()).containsExactly(0L);
  }

  @Test
  void whatANewRuleAsksOfDevicesThatAreAtHandIsLookedUpBesideIngestion() throws Exception {
    String pump = pumpOnTheRoof();
    rules("{metric: superheat, above: 1000}, scope: {device_type: rooftop_unit}");
    TestDatabase.store(pump, "superheat", START.plusSeconds(5), 95);
    at(8);
    watch();
    rules(
        "{all: [{metric: superheat, above: 15}, {metric: superheat, above: 90, from: asset}]},"
            + " scope: {device_type: rooftop_unit}");
    at(10);
    watch();
    assertThat(measure(12, 20)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void aRestartDoesNotJudgeThePastByWhatOthersSaidAfterIt() throws Exception {
    String pump = pumpOnTheRoof();
    rules("{all: [{metric: superheat, above: 15}, {metric: superheat, above: 90, from: asset}]}");
    restart(0);
    measure(0, 20);
    TestDatabase.store(pump, "superheat", START.plusSeconds(5), 95);
    restart(10);
    Measurement said = Measurement.of("superheat", START.plusSeconds(5), 95, "K");
    engine.evaluate(new Telemetry(tenant, pump, "test", List.of(said)));
    assertThat(watch()).isEmpty();
    assertThat(measure(12, 20)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void aChangedRuleIsInForceWithTheNextMessage() throws Exception {
    measure(0, 14);
    rules("{metric: superheat, above: 13}");
    assertThat(measure(10, 14)).contains(Detection.Kind.RAISE);
  }

  @Test
  void anotherRuleThatChangesLosesNoRunningDuration() throws Exception {
    measure(0, 20);
    measure(20, 20);
    Files.writeString(
        folder.resolve("other.yaml"),
        RuleStory.rule("{metric: superheat, above: 1000}").replace("id: r", "id: o"));
    library.refresh();
    assertThat(measure(31, 20)).containsExactly(Detection.Kind.RAISE);
    assertThat(openedAfter()).containsExactly(0L);
  }

  @Test
  void aRestartRemembersACooldownAndTheStepOfAnEvent() throws Exception {
    rules(
        "{metric: superheat, above: 15}, cooldown: PT600S, steps: [{above: 30, severity:"
            + " critical}]");
    restart(0);
    measure(0, 20);
    assertThat(measure(10, 40)).containsExactly(Detection.Kind.ESCALATE);
    restart(11);
    measure(12, 41);
    assertThat(count("select count(*) from events where severity = 'critical'")).isEqualTo(1);
    assertThat(measure(20, 10)).containsExactly(Detection.Kind.CLEAR);
    restart(21);
    assertThat(measure(30, 20)).isEmpty();
    assertThat(measure(600, 20)).containsExactly(Detection.Kind.RAISE);
    assertThat(count("select count(*) from events")).isEqualTo(2);
  }

  @Test
  void aDetectorLearnsFromTheStoreAtTheStartAndSaysNothingOfThePast() throws Exception {
    rules("{metric: superheat, detector: z-score}");
    restart(0);
    for (int second = 0; second < 600; second += 10) {
      TestDatabase.store(
          device,
          "superheat",
          START.plusSeconds(second),
          second == 300 ? 60 : 8 + second % 40 / 20.0);
    }
    restart(601);
    assertThat(watch()).isEmpty();
    assertThat(measure(610, 60)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void aRestartRemembersHowOftenItWasCounted() throws Exception {
    rules("{metric: superheat, above: 15, count: {over: PT600S, at_least: 3}}");
    restart(0);
    for (int second = 0; second <= 40; second += 10) {
      measure(second, second % 20 == 0 ? 10 : 20);
    }
    restart(41);
    assertThat(measure(50, 20)).containsExactly(Detection.Kind.RAISE);
    restart(51);
    assertThat(measure(60, 20)).doesNotContain(Detection.Kind.RAISE, Detection.Kind.CLEAR);
    assertThat(measure(611, 20)).containsExactly(Detection.Kind.CLEAR);
    restart(612);
    assertThat(measure(620, 20)).isEmpty();
    assertThat(count("select count(*) from events")).isEqualTo(1);
  }

  @Test
  void aBeginningWhoseReadingBeforeLiesOutsideTheWindowIsCountedAfterARestart() throws Exception {
    rules("{metric: superheat, above: 15, count: {over: PT3600S, at_least: 2}}");
    restart(0);
    measure(0, 10);
    measure(600, 20);
    measure(1200, 10);
    measure(4150, 10);
    restart(4160);
    assertThat(measure(4190, 20)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void aRestartRemembersTheShareOfTimeInAState() throws Exception {
    rules("{metric: superheat, above: 15, share: {over: PT100S, above: 50}}");
    restart(0);
    for (int second = 0; second <= 120; second += 10) {
      measure(second, second < 70 ? 10 : 20);
    }
    restart(121);
    assertThat(measure(125, 20)).containsExactly(Detection.Kind.RAISE);
    restart(126);
    assertThat(measure(130, 20)).doesNotContain(Detection.Kind.RAISE, Detection.Kind.CLEAR);
    for (int second = 140; second <= 180; second += 10) {
      measure(second, 10);
    }
    restart(181);
    assertThat(measure(190, 10)).endsWith(Detection.Kind.CLEAR);
    assertThat(count("select count(*) from events")).isEqualTo(1);
  }

  @Test
  void aChangeOfTheVeryRuleIsInForceWithinTwoSecondsAndKeepsItsWindow() throws Exception {
    rules("{metric: superheat, statistic: mean, over: PT100S, above: 100}");
    restart(0);
    for (int second = 0; second <= 100; second += 10) {
      measure(second, 20);
    }
    library.start();
    try {
      long written = System.nanoTime();
      rulesFile("{metric: superheat, statistic: mean, over: PT100S, above: 15}");
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> library.list(tenant).get(0).rule().when().limit() == 15);
      assertThat(Duration.ofNanos(System.nanoTime() - written)).isLessThan(Duration.ofSeconds(2));
    } finally {
      library.stop();
    }
    // A mean of this reading alone would be 10; of the window it is 19.
    assertThat(measure(101, 10)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void whatOtherDevicesAskForIsKnownAgainAfterARestart() throws Exception {
    String pump = pumpOnTheRoof();
    rules("{all: [{metric: superheat, above: 15}, {metric: superheat, above: 90, from: asset}]}");
    restart(0);
    TestDatabase.store(pump, "superheat", START.plusSeconds(5), 95);
    restart(10);
    watch();
    assertThat(measure(12, 20)).containsExactly(Detection.Kind.RAISE);
  }

  @Test
  void whatOtherDevicesBeginToAskForIsReadAgainWhenTheStoreDidNotAnswer() throws Exception {
    String pump = pumpOnTheRoof();
    AtomicBoolean away = new AtomicBoolean();
    history =
        new DeviceHistory(ACTING.jdbc) {
          @Override
          List<Measurement> recent(RuleDevice of, Map<String, Long> lookBackMillis, long unjudged) {
            if (of.id().equals(pump) && away.get()) {
              throw new IllegalStateException("the store is away");
            }
            return super.recent(of, lookBackMillis, unjudged);
          }
        };
    rulesFile("{metric: superheat, above: 90}", "scope: {device_type: rooftop_unit}, ");
    restart(0);
    TestDatabase.store(pump, "superheat", START.plusSeconds(5), 95);
    at(10);
    watch();
    rulesFile(
        "{all: [{metric: superheat, above: 15}, {metric: superheat, above: 90, from: asset}]}",
        "scope: {device_type: rooftop_unit}, ");
    library.refresh();

    away.set(true);
    assertThatThrownBy(() -> engine.watch()).hasMessage("the store is away");
    away.set(false);
    watch();
    assertThat(measure(12, 20)).containsExactly(Detection.Kind.RAISE);
  }

  private String pumpOnTheRoof() {
    String pump = TestDatabase.device(tenant, "PUMP-9", "pump", "One");
    TestDatabase.owner()
        .sql("update devices set equipment_id = 'roof' where tenant_id = :t")
        .param("t", tenant)
        .update();
    return pump;
  }

  private Instant now = START;
  private RuleLibrary library;
  private DeviceHistory history = new DeviceHistory(ACTING.jdbc);

  private void at(int second) {
    now = START.plusSeconds(second);
  }

  private void rulesFile(String when) throws Exception {
    rulesFile(when, "");
  }

  private void rulesFile(String when, String more) throws Exception {
    String file =
        "rules: [{id: r, %swhen: %s, event: {type: likely_failure, severity: high, family: f, message: m}}]"
            .formatted(more, when);
    Files.writeString(folder.resolve("r.yaml"), file);
  }

  private void rules(String when) throws Exception {
    rulesFile(when);
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
            history,
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
