package io.caravanhub.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.edge.StandInHub;
import io.caravanhub.edge.clock.FakeTime;
import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.clock.TimeSource;
import io.caravanhub.edge.spool.RecordKind;
import io.caravanhub.edge.spool.Records;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.testkit.network.TcpProxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UplinkTest {
  private static final Duration LOADED_MACHINE = Duration.ofSeconds(60);
  static final UplinkTimes QUICK =
      new UplinkTimes(
          Duration.ofSeconds(2),
          Duration.ofSeconds(1),
          Duration.ofMillis(50),
          Duration.ofMillis(200),
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofMillis(800),
          Duration.ofMillis(200),
          Duration.ofMillis(300),
          2,
          Duration.ofSeconds(5));

  @TempDir private static Path hubFolder;
  private static StandInHub hub;

  @TempDir private Path folder;
  private final Map<String, Integer> given = new HashMap<>();
  private TcpProxy link;
  private Spool spool;
  private Uplink uplink;
  private UplinkTimes times = QUICK;

  @BeforeAll
  static void startHub() throws Exception {
    hub = new StandInHub(hubFolder).startMqtt();
  }

  @AfterAll
  static void stopHub() throws Exception {
    hub.close();
  }

  @BeforeEach
  void openLine() throws Exception {
    hub.forget();
    link = new TcpProxy("127.0.0.1", hub.mqttPort());
  }

  @AfterEach
  void stopAll() throws Exception {
    if (uplink != null) {
      uplink.close();
    }
    if (spool != null) {
      spool.close();
    }
    link.close();
  }

  private void openSpool(TimeSource time) {
    spool = new Spool(SpoolSettings.at(folder.resolve("spool.db")), time);
  }

  private void start(String api, HubSettings.Https https) {
    if (spool == null) {
      openSpool(new MachineTime());
    }
    uplink =
        new Uplink(
            new HubSettings(
                "default",
                "GW-1",
                URI.create("tcp://127.0.0.1:" + link.port()),
                api == null ? null : URI.create(api),
                "GW-1",
                "secret",
                null,
                null,
                null,
                https,
                0.5),
            spool,
            List::of,
            times);
    uplink.start();
  }

  private void give(String device, int count) throws Exception {
    List<CompletableFuture<Void>> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = given.merge(device, 1, Integer::sum) - 1;
      kept.add(Records.append(spool, Records.telemetry(spool, device, number)));
    }
    CompletableFuture.allOf(kept.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
  }

  /** All that was given is there once, and in order. */
  private void awaitAll() {
    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(
            () ->
                given.forEach(
                    (device, count) ->
                        assertThat(hub.numbers(device))
                            .containsExactlyInAnyOrderElementsOf(
                                LongStream.range(0, count).boxed().toList())));
    assertThat(hub.outOfOrder()).isEmpty();
    await().atMost(LOADED_MACHINE).until(() -> spool.status().records() == 0);
  }

  @Test
  void sendsWhatComesInAndDeletesWhatTheHubHas() throws Exception {
    start(null, HubSettings.Https.NEVER);
    give("A", 20);
    give("B", 20);
    awaitAll();
    assertThat(hub.duplicates).hasValue(0);
    assertThat(uplink.way()).isEqualTo("mqtt");
    await().atMost(LOADED_MACHINE).until(() -> !hub.health.isEmpty());
  }

  @Test
  void sendsNewRecordsBesideAnOldPile() throws Exception {
    openSpool(new MachineTime());
    for (int i = 0; i < 5; i++) {
      give("A", 1000);
      give("B", 1000);
    }
    hub.slowMillis = 300;
    start(null, HubSettings.Https.NEVER);
    await().atMost(LOADED_MACHINE).until(() -> !hub.taken.isEmpty());
    give("C", 5);
    await().atMost(LOADED_MACHINE).until(() -> hub.numbers("C").size() == 5);
    assertThat(spool.status().records()).as("the pile is still there").isPositive();
    hub.slowMillis = 0;
    awaitAll();
    assertThat(hub.taken.stream().filter(r -> r.device().equals("C")).map(r -> r.lane()))
        .containsOnly("live");
    assertThat(hub.taken.stream().filter(r -> r.device().equals("A")).map(r -> r.lane()))
        .containsOnly("backfill");
  }

  @Test
  void eventsGoFirst() throws Exception {
    openSpool(new MachineTime());
    for (int i = 0; i < 5; i++) {
      give("A", 1000);
    }
    Records.append(spool, Records.of(spool, "E", 0, RecordKind.EVENT)).get(30, TimeUnit.SECONDS);
    given.put("E", 1);
    hub.slowMillis = 50;
    start(null, HubSettings.Https.NEVER);
    await().atMost(LOADED_MACHINE).until(() -> !hub.taken.isEmpty());
    assertThat(hub.taken.get(0).lane()).isEqualTo("event");
    hub.slowMillis = 0;
    awaitAll();
  }

  @Test
  void sendsARefusedBatchAgain() throws Exception {
    hub.refuses = true;
    start(null, HubSettings.Https.NEVER);
    give("A", 10);
    await().atMost(LOADED_MACHINE).until(() -> hub.refusals.get() > 2);
    assertThat(hub.taken).isEmpty();
    assertThat(passedOver()).as("a hub that is away is no batch's fault").isZero();
    hub.refuses = false;
    awaitAll();
    assertThat(hub.duplicates).hasValue(0);
  }

  @Test
  void aHubThatEndsEveryConnectionMakesNoRecordASuspect() throws Exception {
    openSpool(new MachineTime());
    Records.append(spool, Records.of(spool, "E", 0, RecordKind.EVENT)).get(30, TimeUnit.SECONDS);
    given.put("E", 1);
    give("A", 5);
    give("B", 5);
    hub.refuses = true;
    hub.failing = link::cut;
    start(null, HubSettings.Https.NEVER);
    await().atMost(LOADED_MACHINE).until(() -> hub.refusals.get() > 12);
    assertThat(passedOver()).isZero();
    hub.refuses = false;
    // One that was held back when the hub came back may come behind the next.
    await().atMost(LOADED_MACHINE).until(() -> hub.taken.size() == 11);
    await().atMost(LOADED_MACHINE).until(() -> spool.status().records() == 0);
  }

  @Test
  void aRecordBeforeTheOthersOfItsStreamIsPassedOverWhenTheyAreTaken() throws Exception {
    hub.failsOn = "P";
    hub.failing = link::cut;
    openSpool(new MachineTime());
    Records.append(spool, Records.of(spool, "P", 0, RecordKind.EVENT)).get(30, TimeUnit.SECONDS);
    given.put("P", 1);
    for (int i = 0; i < 3; i++) {
      Records.append(spool, Records.of(spool, "E", i, RecordKind.EVENT)).get(30, TimeUnit.SECONDS);
    }
    given.put("E", 3);
    start(null, HubSettings.Https.NEVER);
    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(() -> assertThat(hub.numbers("E")).containsExactly(0L, 1L, 2L));
    await().atMost(LOADED_MACHINE).until(() -> passedOver() == 1);
    hub.failsOn = "";
    awaitAll();
    assertThat(passedOver()).isZero();
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> sent() {
    return (Map<String, Object>) uplink.parts().get(0).report().get("sent");
  }

  private int passedOver() {
    Map<?, ?> sent = sent();
    return (int) sent.get("passed_over");
  }

  @Test
  void aRecordThatTheHubFailsOnWaitsBehindTheOthersAndGoesWhenItIsTaken() throws Exception {
    hub.failsOn = "P";
    passesOverAndSendsLater();
  }

  @Test
  void aRecordThatEndsEveryConnectionWaitsBehindTheOthers() throws Exception {
    hub.failsOn = "P";
    hub.failing = link::cut;
    passesOverAndSendsLater();
  }

  private void passesOverAndSendsLater() throws Exception {
    openSpool(new MachineTime());
    give("A", 20);
    give("B", 20);
    give("P", 1);
    give("A", 20);
    start(null, HubSettings.Https.NEVER);
    give("B", 5);
    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(
            () -> {
              // It is a suspect when the hub takes others meanwhile.
              give("B", 1);
              assertThat(hub.numbers("A")).hasSize(40);
              assertThat(passedOver()).isEqualTo(1);
            });
    assertThat(hub.numbers("P")).isEmpty();
    await().atMost(LOADED_MACHINE).until(() -> hub.numbers("B").size() == given.get("B"));
    await().atMost(LOADED_MACHINE).until(() -> spool.status().records() == 1);
    hub.failsOn = "";
    awaitAll();
    assertThat(passedOver()).isEqualTo(0);
  }

  @Test
  void aFileThatIsSpoiltWhileItRunsIsSetAsideAndWhatComesAfterIsNotTakenForKnown()
      throws Exception {
    times = withFloorLag(Duration.ofMillis(1));
    start(null, HubSettings.Https.NEVER);
    for (int spoilt = 1; spoilt <= 2; spoilt++) {
      for (int i = 0; i < 5; i++) {
        give("A" + spoilt, 50);
        awaitAll();
      }
      String epoch = spool.epoch();
      spoil("");
      spoil("-wal");
      long files = spool.status().corrupt();
      await()
          .atMost(LOADED_MACHINE)
          .until(
              () -> {
                Records.append(spool, Records.telemetry(spool, "lost", 0));
                return spool.status().corrupt() > files;
              });
      assertThat(spool.epoch()).isNotEqualTo(epoch);
      give("B" + spoilt, 300);
      awaitAll();
    }
  }

  private void spoil(String part) throws Exception {
    Path file = Path.of(folder.resolve("spool.db") + part);
    byte[] noise = new byte[(int) Files.size(file)];
    new Random(7).nextBytes(noise);
    Files.write(file, noise, StandardOpenOption.WRITE);
  }

  private static UplinkTimes withFloorLag(Duration lag) {
    return new UplinkTimes(
        QUICK.answer(),
        QUICK.keepAlive(),
        QUICK.shortestBackOff(),
        QUICK.longestBackOff(),
        QUICK.linger(),
        QUICK.clockEvery(),
        QUICK.clockAnswer(),
        QUICK.healthEvery(),
        QUICK.mqttAgain(),
        QUICK.mqttTries(),
        lag);
  }

  @Test
  void losesNothingOverALineThatIsCutAndHalfOpen() throws Exception {
    start(null, HubSettings.Https.NEVER);
    for (int i = 0; i < 4; i++) {
      give("A", 50);
      give("B", 50);
      link.cut();
      give("A", 50);
      link.swallow();
      give("B", 50);
      await().atMost(LOADED_MACHINE).until(() -> uplink.way().equals("none"));
      link.restore();
    }
    awaitAll();
  }

  @Test
  void getsThroughASlowLine() throws Exception {
    openSpool(new MachineTime());
    give("A", 1500);
    link.slow(30_000);
    start(null, HubSettings.Https.NEVER);
    give("B", 20);
    awaitAll();
  }

  @Test
  void takesHttpsWhileMqttIsShutAndGoesBack() throws Exception {
    link.refuse();
    start(hub.startHttp(), HubSettings.Https.AUTO);
    give("A", 20);
    awaitAll();
    assertThat(uplink.way()).isEqualTo("https");
    hub.refuses = true;
    give("A", 5);
    await().atMost(LOADED_MACHINE).until(() -> hub.refusals.get() > 0);
    hub.refuses = false;
    awaitAll();
    link.restore();
    await().atMost(LOADED_MACHINE).until(() -> uplink.way().equals("mqtt"));
    int overHttp = hub.overHttp.get();
    give("A", 20);
    awaitAll();
    assertThat(hub.overHttp).hasValue(overHttp);
  }

  @Test
  void aRefusalForEverIsSaidInTheHealthUntilItEnds() throws Exception {
    hub.refuses = true;
    hub.refusal = 415;
    start(hub.startHttp(), HubSettings.Https.ONLY);
    give("A", 5);
    await().atMost(LOADED_MACHINE).until(() -> hub.refusals.get() > 3);
    assertThat(sent().get("refused_since")).isNotNull();
    assertThat(sent()).containsEntry("last_error", "the hub answers 415");
    hub.refuses = false;
    awaitAll();
    assertThat(sent().get("refused_since")).isNull();
  }

  @Test
  void correctsTheTimeOfReadingsTakenWhileTheClockWasWrong() throws Exception {
    FakeTime time = new FakeTime();
    openSpool(time);
    Instant truth = Instant.ofEpochMilli(time.wallMillis());
    give("A", 1);
    time.pass(60_000);
    time.jump(-86_400_000);
    give("A", 1);
    time.pass(60_000);
    time.jump(3 * 86_400_000L);
    give("A", 1);
    // The hub goes by the machine's clock; ours is said to be as far off as it is.
    hub.clockAhead = truth.toEpochMilli() + 120_000 - System.currentTimeMillis();
    start(null, HubSettings.Https.NEVER);
    awaitAll();
    List<Instant> times =
        hub.taken.stream()
            .map(record -> record.all().path("body").path("timestamp").asText())
            .map(Instant::parse)
            .toList();
    for (int i = 0; i < 3; i++) {
      assertThat(Duration.between(truth.plusSeconds(60L * i), times.get(i)).abs())
          .as("reading %s at %s", i, times.get(i))
          .isLessThan(Duration.ofSeconds(30));
    }
    JsonNode mark = hub.taken.get(1).all().path("body").path("metadata").path("clock");
    assertThat(mark.path("offset_ms").asLong()).isBetween(86_300_000L, 86_500_000L);
  }

  @Test
  void marksTimesThatWereNeverMeasured() throws Exception {
    hub.clockAnswers = false;
    start(null, HubSettings.Https.NEVER);
    give("A", 1);
    awaitAll();
    JsonNode clock = hub.taken.get(0).all().path("body").path("metadata").path("clock");
    assertThat(clock.path("offset_ms").isNull()).isTrue();
  }

  @Test
  void carriesSmallMessagesBothWays() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    start(null, HubSettings.Https.NEVER);
    uplink.listen("commands", body -> heard.add(new String(body, StandardCharsets.UTF_8)));
    await().atMost(LOADED_MACHINE).until(() -> uplink.way().equals("mqtt"));
    await()
        .atMost(LOADED_MACHINE)
        .until(
            () -> {
              hub.broker()
                  .publish("t/default/g/GW-1/commands", "{}".getBytes(StandardCharsets.UTF_8));
              return heard.contains("{}");
            });
    uplink.send("commands/ack", "done".getBytes(StandardCharsets.UTF_8)).get(30, TimeUnit.SECONDS);
    assertThat(hub.other).contains(Map.entry("commands/ack", "done"));
  }

  @Test
  void findsTheHubAgainWhenItComesBackAndSendsNothingTwice() throws Exception {
    start(null, HubSettings.Https.NEVER);
    give("A", 20);
    awaitAll();
    link.refuse();
    give("A", 20);
    await().atMost(LOADED_MACHINE).until(() -> uplink.way().equals("none"));
    link.restore();
    awaitAll();
    assertThat(hub.duplicates).hasValue(0);
  }
}
