package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PollGroupsTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @TempDir Path maps;

  private static PollGroups groups(String points) {
    DeviceMap map = DeviceMapReader.read("protocol: modbus-tcp\npoints:\n" + points);
    return new PollGroups(map.points(), Duration.ofSeconds(1), 0, 0);
  }

  @Test
  void readsEachGroupAtItsOwnInterval() {
    PollGroups groups =
        groups(
            """
              - {metric: a, address: 0, type: int16}
              - {metric: b, address: 1, type: int16, interval: PT10S}
              - {metric: c, address: 2, type: int16, interval: PT10S}
            """);
    int[] reads = new int[3];
    for (long now = 0; now < 100 * SECOND; now += SECOND / 10) {
      for (PollGroups.Group due = groups.due(now); due != null; due = groups.due(now)) {
        reads[due.points().size()]++;
        groups.read(due, now, false);
      }
    }
    assertThat(reads[1]).isEqualTo(100);
    assertThat(reads[2]).isEqualTo(10);
    assertThat(groups.overruns()).isZero();
  }

  @Test
  void spreadsGroupsOverTheSecondsAfterTheFirst() {
    StringBuilder points = new StringBuilder();
    IntStream.range(0, 50)
        .forEach(
            i ->
                points.append(
                    "  - {metric: m%d, address: %d, type: int16, interval: PT%dS}\n"
                        .formatted(i, i, 10 + i)));
    PollGroups groups = groups(points.toString());
    int most = 0;
    for (long now = 0; now <= 5 * SECOND; now += SECOND / 10) {
      int together = 0;
      for (PollGroups.Group due = groups.due(now); due != null; due = groups.due(now)) {
        together++;
        groups.read(due, now, false);
      }
      most = Math.max(most, together);
    }
    assertThat(most).isLessThanOrEqualTo(3);
  }

  @Test
  void skipsAndCountsTheTurnsThatAGroupOverran() {
    PollGroups groups = groups("  - {metric: a, address: 0, type: int16}\n");
    groups.read(groups.due(0), 0, false);
    groups.read(groups.due(SECOND), SECOND + 3 * SECOND / 2, false);
    assertThat(groups.overruns()).isEqualTo(1);
    assertThat(groups.untilDue(2 * SECOND + SECOND / 2)).isEqualTo(SECOND / 2);
  }

  @Test
  void owesEveryGroupAfterAFailureAndCountsNoOverrun() {
    PollGroups groups =
        groups(
            """
              - {metric: a, address: 0, type: int16}
              - {metric: b, address: 1, type: int16, interval: PT1H}
            """);
    groups.read(groups.due(6 * SECOND), 6 * SECOND, false);
    groups.read(groups.due(6 * SECOND), 6 * SECOND, false);
    groups.failed(70 * SECOND);
    assertThat(groups.due(69 * SECOND)).isNull();
    groups.read(groups.due(100 * SECOND), 100 * SECOND, false);
    groups.read(groups.due(100 * SECOND), 100 * SECOND, false);
    assertThat(groups.overruns()).isZero();
  }

  @Test
  void readsEachGroupOnItsOwnPhaseAgainAfterAFailure() {
    PollGroups groups =
        new PollGroups(
            DeviceMapReader.read(
                    """
                    protocol: modbus-tcp
                    points:
                      - {metric: a, address: 0, type: int16}
                      - {metric: b, address: 1, type: int16, interval: PT5S}
                      - {metric: c, address: 2, type: int16, interval: PT4S}
                    """)
                .points(),
            Duration.ofSeconds(2),
            0,
            0);
    groups.failed(10 * SECOND);
    for (int i = 0; i < 3; i++) {
      groups.read(groups.due(10 * SECOND), 10 * SECOND, false);
    }
    long first = groups.untilDue(10 * SECOND);
    groups.read(groups.due(10 * SECOND + first), 10 * SECOND + first, false);
    long next = groups.untilDue(10 * SECOND + first);
    // c has its turns 0.236 of its 4 s after 0, 4, 8 and 12 s.
    assertThat(next).isBetween(SECOND * 9 / 10, SECOND);
    assertThat(groups.overruns()).isZero();
  }

  @Test
  void tellsWhatIsNewBeyondTheDeadband() {
    DevicePoint point =
        DeviceMapReader.read(
                "{protocol: modbus-tcp, points: [{metric: a, address: 0, type: int16,"
                    + " deadband: 2, heartbeat: 5}]}")
            .points()
            .get(0);
    Deadband deadband = new Deadband();
    List<Object> told =
        IntStream.of(10, 11, 12, 13, 12, 13, 14, 13, 13, 20)
            .mapToObj(raw -> deadband.filter(List.of(Reading.of(point, raw))))
            .flatMap(List::stream)
            .map(Reading::value)
            .map(Object.class::cast)
            .toList();
    assertThat(told).containsExactly(10.0, 13.0, 13.0, 20.0);
    assertThat(deadband.filter(List.of(Reading.bad(point, "gone")))).hasSize(1);
    assertThat(deadband.filter(List.of(Reading.bad(point, "gone")))).isEmpty();
    assertThat(deadband.filter(List.of(Reading.of(point, 20)))).hasSize(1);
  }

  @Test
  void pollsGroupsOfOneDeviceOverOneConnection() throws Exception {
    try (RegisterServer server = new RegisterServer();
        TcpProxy proxy = new TcpProxy(server.port);
        FieldbusFixture fieldbus = new FieldbusFixture(maps, "modbus-tcp")) {
      fieldbus.map(
          "m.yaml",
          """
          protocol: modbus-tcp
          points:
            - {metric: fast, address: 0, type: int16}
            - {metric: slow, address: 1, type: int16, interval: PT0.5S}
            - {metric: still, address: 2, type: int16, deadband: 1, heartbeat: 1000}
          """);
      fieldbus.connections.add(
          new FieldbusConnection(
              "default",
              "D",
              "modbus-tcp",
              "127.0.0.1:" + proxy.port(),
              1,
              "m.yaml",
              Duration.ofMillis(20)));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !fieldbus.last("D", "slow").isMissingNode());
      await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("D").reads() > 20);
      assertThat(fieldbus.count("slow")).isLessThan(fieldbus.count("fast") / 2);
      assertThat(fieldbus.count("still")).isEqualTo(1);
      assertThat(fieldbus.count("fast")).isGreaterThan(10);
      assertThat(proxy.accepted.get()).isEqualTo(1);
      FieldbusStatus status = fieldbus.status("D");
      assertThat(status.latency()).isPositive();
      await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("D").readsPerSecond() > 5);
    }
  }
}
