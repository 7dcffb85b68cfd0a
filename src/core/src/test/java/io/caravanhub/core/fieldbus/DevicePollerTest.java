package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicePollerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final BackOff BACK_OFF = new BackOff(Duration.ofMillis(10), Duration.ofMillis(20));

  @TempDir Path maps;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private volatile Supplier<CompletableFuture<DeviceLink>> open = () -> opened(new Link());
  private volatile Function<List<DevicePoint>, CompletableFuture<List<Reading>>> answer =
      DevicePollerTest::good;
  private volatile Duration longest = Duration.ZERO;
  private DevicePoller poller;

  private final class Link implements DeviceLink {
    final List<Object> written = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    Link() {
      links.add(this);
    }

    @Override
    public CompletableFuture<List<Reading>> read(List<DevicePoint> points) {
      return answer.apply(points);
    }

    @Override
    public Duration deadline(List<DevicePoint> points, Duration usual) {
      return usual.plus(longest);
    }

    @Override
    public CompletableFuture<WriteResult> write(DevicePoint point, Object value) {
      written.add(value);
      return CompletableFuture.completedFuture(WriteResult.done(value));
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static CompletableFuture<DeviceLink> opened(DeviceLink link) {
    return CompletableFuture.completedFuture(link);
  }

  private static CompletableFuture<List<Reading>> good(List<DevicePoint> points) {
    return CompletableFuture.completedFuture(
        points.stream().map(point -> Reading.of(point, 1)).toList());
  }

  private static CompletableFuture<List<Reading>> bad(List<DevicePoint> points) {
    return CompletableFuture.completedFuture(
        points.stream().map(point -> Reading.bad(point, "the device refused")).toList());
  }

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        maps.resolve("m.yaml"),
        "{protocol: modbus-tcp, points: [{metric: a, address: 0, type: int16, writable: true}]}");
  }

  private Delivery delivery() {
    return new Delivery(
        (message, outcome) -> outcome.ended(null), Runnable::run, clock, BACK_OFF, 9);
  }

  private void start(Duration deadline) {
    FieldbusConnection connection =
        new FieldbusConnection(
            "default",
            "D",
            "modbus-tcp",
            "127.0.0.1:1",
            1,
            "m.yaml",
            Duration.ofMillis(10),
            Map.of("writes", "true"));
    poller =
        new DevicePoller(
            connection,
            (to, map, sink) -> open.get(),
            new DeviceMaps(maps, null),
            new PollTiming(deadline, deadline, BACK_OFF),
            new Deliveries(delivery(), delivery()),
            clock);
    poller.start(Duration.ZERO);
  }

  @AfterEach
  void stop() {
    poller.stop();
    clock.shutdownNow();
  }

  private void awaitState(FieldbusStatus.State state) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(poller.status().state()).isEqualTo(state));
  }

  @Test
  void aLinkThatOpensAfterTheDeadlineIsClosed() {
    CompletableFuture<DeviceLink> late = new CompletableFuture<>();
    open = () -> late;
    start(Duration.ofMillis(50));
    await().atMost(PATIENCE).until(() -> poller.status().errors() >= 3);
    open = CompletableFuture::new;
    awaitState(FieldbusStatus.State.DOWN);
    assertThat(poller.status().reconnects()).isZero();
    poller.stop();
    Link link = new Link();
    late.complete(link);
    assertThat(link.closed).isTrue();
  }

  @Test
  void countsTheConnectionsOpenedAfterTheFirstAndNotTheAttempts() {
    start(Duration.ofSeconds(30));
    awaitState(FieldbusStatus.State.UP);
    open = () -> CompletableFuture.failedFuture(new java.net.ConnectException("refused"));
    answer = points -> CompletableFuture.failedFuture(new java.io.IOException("cut"));
    await().atMost(PATIENCE).until(() -> poller.status().errors() > 3);
    answer = DevicePollerTest::good;
    open = () -> opened(new Link());
    awaitState(FieldbusStatus.State.UP);
    assertThat(poller.status().reconnects()).isEqualTo(1);
  }

  @Test
  void aWriteThatWaitedWhenTheDeviceFailedIsToldAndNeverTried() throws Exception {
    start(Duration.ofSeconds(30));
    awaitState(FieldbusStatus.State.UP);
    CompletableFuture<List<Reading>> pending = new CompletableFuture<>();
    List<Object> asked = new CopyOnWriteArrayList<>();
    answer =
        points -> {
          asked.add(points);
          return pending;
        };
    await().atMost(PATIENCE).until(() -> !asked.isEmpty());
    CompletableFuture<WriteResult> write = poller.write("a", 5);
    answer = DevicePollerTest::good;
    pending.completeExceptionally(new java.io.IOException("cut"));
    assertThat(write.get(30, TimeUnit.SECONDS))
        .isEqualTo(WriteResult.failed(null, "not tried: cut"));
    await().atMost(PATIENCE).until(() -> poller.status().reconnects() == 1);
    awaitState(FieldbusStatus.State.UP);
    assertThat(links).allSatisfy(link -> assertThat(link.written).isEmpty());
  }

  @Test
  void aWriteWhoseTurnDoesNotComeInTimeIsNeverTried() throws Exception {
    longest = Duration.ofMinutes(1);
    CompletableFuture<List<Reading>> pending = new CompletableFuture<>();
    List<Object> asked = new CopyOnWriteArrayList<>();
    start(Duration.ofMillis(200));
    awaitState(FieldbusStatus.State.UP);
    answer =
        points -> {
          asked.add(points);
          return pending;
        };
    await().atMost(PATIENCE).until(() -> !asked.isEmpty());
    assertThat(poller.write("a", 5).get(30, TimeUnit.SECONDS).reason())
        .isEqualTo("not tried: its turn did not come in 200 ms");
    answer = DevicePollerTest::good;
    long reads = poller.status().reads();
    pending.complete(List.of());
    await().atMost(PATIENCE).until(() -> poller.status().reads() > reads + 2);
    assertThat(links.get(0).written).isEmpty();
  }

  @Test
  void aDeviceWhosePointsAreAllBadIsNotUp() {
    answer = DevicePollerTest::bad;
    start(Duration.ofSeconds(30));
    await().atMost(PATIENCE).until(() -> poller.status().reads() > 2);
    assertThat(poller.status().state()).isEqualTo(FieldbusStatus.State.DOWN);
    assertThat(poller.status().lastGood()).isNull();
    assertThat(poller.status().error()).isEqualTo("a: the device refused");
    answer = DevicePollerTest::good;
    awaitState(FieldbusStatus.State.UP);
    assertThat(links).hasSize(1);
  }

  @Test
  void whoeverAsksForTheListIsAskedAgainAfterAnErrorAndStartsNothingOnceStopped() {
    start(Duration.ofSeconds(30));
    DevicePollers pollers =
        new DevicePollers(
            (to, map, sink) -> open.get(),
            new DeviceMaps(maps, null),
            new PollTiming(Duration.ofSeconds(30), Duration.ofSeconds(30), BACK_OFF),
            clock,
            this::delivery);
    pollers.refresh(
        () -> {
          throw new NoClassDefFoundError("driver");
        });
    pollers.refresh(() -> List.of(poller.connection()));
    assertThat(pollers.status()).hasSize(1);
    pollers.stop();
    pollers.refresh(() -> List.of(poller.connection()));
    assertThat(pollers.status()).isEmpty();
  }
}
