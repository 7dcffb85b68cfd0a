package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bacnet.BacnetAddress;
import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetSettings;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.BacstackPeer;
import io.caravanhub.core.bacnet.EventNotification;
import io.caravanhub.core.bacnet.EventTime;
import io.caravanhub.core.bacnet.IAm;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.TestDevice;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacnetAlarmsTest {
  private static final int NORMAL = 0;
  private static final int HIGH_LIMIT = 3;

  @TempDir Path maps;
  private final TestDevice device = new TestDevice(12);
  private final ObjectId supplyAir = device.analog(1, 14.5f);
  private FieldbusFixture fieldbus;

  @BeforeEach
  void start() throws Exception {
    fieldbus = new FieldbusFixture(maps, "bacnet");
    fieldbus.map(
        "acme/ahu.bacnet.yaml",
        """
        protocol: bacnet
        points:
          - {metric: supply_air_temp, object: "analog-input:1", unit: Cel}
        """);
  }

  @AfterEach
  void stop() {
    fieldbus.close();
    device.close();
  }

  @Test
  void anAlarmIsToldOnceAndAcknowledgedWhenTheRouteHasIt() {
    connect(Map.of());
    awaitReports(1);
    assertThat(report(0).toString())
        .isEqualTo("{\"source\":\"bacnet\",\"whole\":true,\"active\":[],\"cleared\":[]}");
    eventually(
        () ->
            assertThat(fieldbus.exchanges)
                .anyMatch(e -> "event".equals(e.getMessage().getHeader(TelemetryHeaders.KIND))));

    fieldbus.routeFails = true;
    device.tellEvent(77, supplyAir, 16, NORMAL, HIGH_LIMIT);
    device.tellEvent(77, supplyAir, 16, NORMAL, HIGH_LIMIT);
    eventually(() -> assertThat(fieldbus.status("AHU-1").waiting()).isGreaterThan(1));
    assertThat(device.acknowledgements(77)).isZero();
    fieldbus.routeFails = false;
    eventually(() -> assertThat(device.acknowledgements(77)).isEqualTo(2));
    assertThat(report(1).path("whole").asBoolean()).isFalse();
    assertThat(report(1).path("active").path(0).toString())
        .isEqualTo(
            "{\"code\":\"analog-input:1\",\"severity\":\"high\",\"message\":\"AI-1: too warm\","
                + "\"object\":\"analog-input:1\",\"object_name\":\"AI-1\",\"state\":\"high-limit\","
                + "\"priority\":100,\"notification_class\":4,\"event_type\":\"out-of-range\","
                + "\"notify_type\":\"alarm\",\"ack_required\":true,\"device_time\":\"#16\"}");

    device.tellEvent(78, supplyAir, 17, HIGH_LIMIT, NORMAL);
    // The first one, which was long under way.
    device.tellEvent(77, supplyAir, 16, NORMAL, HIGH_LIMIT);
    eventually(() -> assertThat(device.acknowledgements(77)).isEqualTo(3));
    assertThat(report(2).path("cleared")).hasToString("[\"analog-input:1\"]");
    assertThat(reports()).hasSize(3);
  }

  @Test
  void whatWasRaisedAndClearedWhileNobodyListenedIsFound() {
    device.alarms.put(supplyAir, HIGH_LIMIT);
    connect(Map.of());
    awaitReports(1);
    assertThat(report(0).path("whole").asBoolean()).isTrue();
    assertThat(report(0).path("active").path(0).path("message").asText())
        .isEqualTo("AI-1: high-limit");

    device.silent = true;
    eventually(() -> assertThat(reason()).startsWith("no answer"));
    device.alarms.clear();
    device.silent = false;
    awaitReports(2);
    assertThat(report(1).toString())
        .isEqualTo("{\"source\":\"bacnet\",\"whole\":true,\"active\":[],\"cleared\":[]}");
  }

  @Test
  void aNotificationThatWasLostIsMadeUpForByAskingAndTheDevicesOwnTextIsTaken() {
    device.set(
        supplyAir,
        BacnetProperty.EVENT_MESSAGE_TEXTS,
        new BacnetValue.Text("Supply air too warm"),
        new BacnetValue.Text(""),
        new BacnetValue.Text(""));
    connect(Map.of("alarms", "PT1S"));
    awaitReports(1);
    device.alarms.put(supplyAir, HIGH_LIMIT);
    awaitReports(2);
    assertThat(report(1).path("active").path(0).path("message").asText())
        .isEqualTo("AI-1: Supply air too warm");
  }

  @Test
  void aDeviceThatKnowsNoSummariesIsAskedForEventStates() {
    device.knowsSummaries = false;
    device.set(supplyAir, BacnetProperty.EVENT_STATE, new BacnetValue.Enumerated(HIGH_LIMIT));
    connect(Map.of("alarms", "PT1S"));
    awaitReports(1);
    assertThat(report(0).path("whole").asBoolean()).isFalse();
    assertThat(report(0).path("active").path(0).path("severity").asText()).isEqualTo("medium");
    device.set(supplyAir, BacnetProperty.EVENT_STATE, new BacnetValue.Enumerated(NORMAL));
    awaitReports(2);
    assertThat(report(1).path("cleared")).hasToString("[\"analog-input:1\"]");
  }

  @Test
  void whatComesInOneMillisecondIsToldInOrderAndApart() throws Exception {
    try (Heard heard = new Heard(Duration.ofMinutes(15), List.of())) {
      List<CompletableFuture<Void>> kept = new ArrayList<>();
      for (int n = 1; n <= 20; n++) {
        kept.add(heard.alarms.told(event(n, n % 2 == 1 ? HIGH_LIMIT : NORMAL)));
      }
      CompletableFuture.allOf(kept.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
      assertThat(heard.times).hasSize(20).isSorted().doesNotHaveDuplicates();
      assertThat(heard.reports)
          .extracting(said -> said.active().size())
          .containsSequence(1, 0, 1, 0);
      assertThat(heard.calledLocked).isFalse();
    }
  }

  @Test
  void whatStandsIsToldAgainNowAndThenAndAtOnceWhenSomethingOlderIsSwallowed() throws Exception {
    device.alarms.put(supplyAir, HIGH_LIMIT);
    try (Heard heard = new Heard(Duration.ofMillis(1), List.of())) {
      heard.looksUntil(3);
      assertThat(heard.reports).allMatch(said -> said.whole() && said.active().size() == 1);
    }
    try (Heard heard = new Heard(Duration.ofMinutes(15), Duration.ofHours(1), List.of())) {
      heard.looksUntil(1);
      heard.alarms.told(event(30, HIGH_LIMIT)).get(30, TimeUnit.SECONDS);
      device.alarms.clear();
      heard.alarms.told(event(20, NORMAL)).get(30, TimeUnit.SECONDS);
      heard.looksUntil(3);
      assertThat(heard.reports.get(2)).isEqualTo(new Alarms(true, List.of(), List.of()));
    }
  }

  @Test
  void anAnswerThatWasOvertakenClosesNothingNewer() throws Exception {
    AtomicInteger transitions = new AtomicInteger();
    try (Heard heard = new Heard(Duration.ofMinutes(15), List.of())) {
      device.onSummaries =
          () -> {
            int number = transitions.incrementAndGet();
            var unused = heard.alarms.told(event(number, 3 + number % 2));
          };
      heard.looksUntil(5);
      assertThat(heard.reports).noneMatch(Alarms::whole).allMatch(said -> said.cleared().isEmpty());
      device.onSummaries = () -> {};
      heard.eventually(
          () -> assertThat(heard.reports).contains(new Alarms(true, List.of(), List.of())));
    }
  }

  @Test
  void moreAlarmsThanAReportMayNameAreToldInPieces() throws Exception {
    device.knowsSummaries = false;
    List<ObjectId> objects =
        IntStream.rangeClosed(1, 1_100).mapToObj(n -> new ObjectId(0, n)).toList();
    objects.forEach(
        object ->
            device.set(object, BacnetProperty.EVENT_STATE, new BacnetValue.Enumerated(HIGH_LIMIT)));
    try (Heard heard = new Heard(Duration.ofMinutes(15), objects)) {
      heard.looksUntil(2);
      assertThat(heard.reports)
          .extracting(said -> said.active().size())
          .containsExactly(1_000, 100);
    }
  }

  @Test
  void aDeviceThatDoesNotAnswerOrNeverEndsIsAskedForEventStatesAfterThreeTimes() throws Exception {
    device.set(supplyAir, BacnetProperty.EVENT_STATE, new BacnetValue.Enumerated(HIGH_LIMIT));
    device.alarms.put(supplyAir, HIGH_LIMIT);
    device.neverEnds = true;
    try (Heard heard = new Heard(Duration.ofMinutes(15), List.of(supplyAir))) {
      heard.looksUntil(1);
      assertThat(heard.reports).noneMatch(Alarms::whole);
    }
    device.neverEnds = false;
    device.answersSummaries = false;
    try (Heard heard = new Heard(Duration.ofMinutes(15), List.of(supplyAir))) {
      heard.eventually(
          () ->
              assertThat(heard.alarms.note())
                  .startsWith("it is not known which alarms stand: no answer"));
      heard.looksUntil(1);
      assertThat(heard.reports.get(0).active()).hasSize(1);
      assertThat(heard.alarms.note()).isNull();
    }
  }

  @Test
  void alarmsCanBeSwitchedOff() {
    device.alarms.put(supplyAir, HIGH_LIMIT);
    connect(Map.of("alarms", "false"));
    eventually(
        () ->
            assertThat(fieldbus.last("AHU-1", "supply_air_temp").path("value").asDouble())
                .isEqualTo(14.5));
    device.tellEvent(77, supplyAir, 16, NORMAL, HIGH_LIMIT);
    eventually(() -> assertThat(device.acknowledgements(77)).isEqualTo(1));
    assertThat(reports()).isEmpty();
    assertThatThrownBy(() -> BacnetOptions.of(Map.of("alarms", "never")))
        .hasMessage(
            "alarms: expected true, false or a duration such as PT1M, a second at least, got"
                + " never");
  }

  @Test
  void alarmsOfAPeerThatSomebodyElseWroteAreToldAndAcknowledged() throws Exception {
    String missing = BacstackPeer.missing();
    Assumptions.assumeTrue(missing == null, missing);
    int port;
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String here = "127.0.0.1:" + port;
    try (BacstackPeer peer = new BacstackPeer()) {
      connect("127.0.0.1:" + peer.address().getPort(), Map.of("bind", here));
      awaitReports(1);
      assertThat(report(0).path("active").path(0).path("severity").asText()).isEqualTo("critical");
      peer.tell("event " + here);
      assertThat(peer.next("event").path("event").asText()).isEqualTo("acknowledged");
      peer.tell("normal " + here);
      assertThat(peer.next("event").path("event").asText()).isEqualTo("acknowledged");
    }
    assertThat(report(1).path("active").path(0).path("message").asText())
        .isEqualTo("Filter clogged");
    assertThat(report(1).path("active").path(0).path("object_name").asText()).isEqualTo("Filter");
    assertThat(report(2).path("cleared")).hasToString("[\"analog-input:2\"]");
  }

  /** Clause 13.2.5.4, Table 13-6. */
  @Test
  void theFourGroupsOfPrioritiesAreTheFourSeverities() {
    assertThat(IntStream.of(0, 63, 64, 127, 128, 191, 192, 255).mapToObj(BacnetAlarm::severity))
        .containsExactly(
            Severity.CRITICAL,
            Severity.CRITICAL,
            Severity.HIGH,
            Severity.HIGH,
            Severity.MEDIUM,
            Severity.MEDIUM,
            Severity.LOW,
            Severity.LOW);
  }

  private void connect(Map<String, String> options) {
    connect(device.hostAndPort(), options);
  }

  private void connect(String address, Map<String, String> options) {
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            "AHU-1",
            "bacnet",
            address,
            0,
            "acme/ahu.bacnet.yaml",
            Duration.ofMillis(50),
            options));
  }

  private List<JsonNode> reports() {
    return fieldbus.bodies.stream()
        .filter(body -> body.has("alarms"))
        .map(body -> body.path("alarms"))
        .toList();
  }

  private JsonNode report(int index) {
    return reports().get(index);
  }

  private void awaitReports(int count) {
    eventually(() -> assertThat(reports()).hasSizeGreaterThanOrEqualTo(count));
  }

  private String reason() {
    return fieldbus.last("AHU-1", "supply_air_temp").path("reason").asText();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }

  private EventNotification event(int number, int state) {
    return new EventNotification(
        1,
        12,
        supplyAir,
        new EventTime((long) number, null, null),
        4,
        100,
        5,
        null,
        0,
        true,
        state == NORMAL ? HIGH_LIMIT : NORMAL,
        state);
  }

  /** The alarms of the device without a poller, and what is heard of them. */
  private final class Heard implements ReadingSink, AutoCloseable {
    final List<Alarms> reports = new CopyOnWriteArrayList<>();
    final List<Instant> times = new CopyOnWriteArrayList<>();
    final BacnetAlarms alarms;
    volatile boolean calledLocked;
    private final BacnetClient client;

    Heard(Duration again, List<ObjectId> read) throws Exception {
      this(again, Duration.ofMillis(10), read);
    }

    Heard(Duration again, Duration every, List<ObjectId> read) throws Exception {
      client = BacnetClient.open(BacnetSettings.of(Duration.ofMillis(200)));
      alarms =
          new BacnetAlarms(
              client.device(new IAm(BacnetAddress.of(device.address()), 12, 1476, 3, 0)),
              read,
              every,
              again,
              this);
    }

    void looksUntil(int count) {
      eventually(() -> assertThat(reports).hasSizeGreaterThanOrEqualTo(count));
    }

    void eventually(ThrowingRunnable assertion) {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(
              () -> {
                alarms.look();
                assertion.run();
              });
    }

    @Override
    public CompletableFuture<Void> alarms(Instant at, Alarms said) {
      calledLocked |= Thread.holdsLock(alarms);
      times.add(at);
      reports.add(said);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void changed(List<Reading> readings) {}

    @Override
    public void lost(Throwable why) {}

    @Override
    public void close() {
      client.close();
    }
  }
}
