package io.caravanhub.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.edge.clock.FakeTime;
import io.caravanhub.edge.clock.GatewayClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockProbeTest {
  private static final long HOUR = 3_600_000;
  private final FakeTime time = new FakeTime();
  private final long truth = time.wallMillis() - time.monotonicMillis() + 7000;
  private final GatewayClock clock = new GatewayClock(time, List.of(), segment -> {});

  private final class Hub implements HubWay {
    @Override
    public CompletableFuture<byte[]> ask(String channel, byte[] body) {
      String sent = new String(body, StandardCharsets.UTF_8).replaceAll("\\D", "");
      return CompletableFuture.completedFuture(
          "{\"sent\":%s,\"hub\":%d}"
              .formatted(sent, time.monotonicMillis() + truth)
              .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String name() {
      return "mqtt";
    }

    @Override
    public CompletableFuture<Void> connect() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> send(String channel, byte[] body) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aClockThatIsSetBetweenTwoRoundTripsIsMeasuredAnew(int after) throws Exception {
    long before = clock.segmentAt(time.wallMillis());
    AtomicInteger trips = new AtomicInteger();
    new ClockProbe(
            new Hub(),
            UplinkTimes.DEFAULT,
            clock,
            next -> {
              if (trips.incrementAndGet() == after) {
                time.jump(-5 * HOUR);
                // Whoever takes a reading then sees it first.
                clock.look();
              }
              next.run();
            })
        .run()
        .get(30, TimeUnit.SECONDS);
    assertThat(clock.offset()).isEqualTo(7000 + 5 * HOUR);
    assertThat(clock.segment(before).offset()).isEqualTo(7000);
  }
}
