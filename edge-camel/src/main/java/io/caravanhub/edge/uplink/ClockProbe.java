package io.caravanhub.edge.uplink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.edge.clock.GatewayClock;
import io.caravanhub.edge.clock.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Measures the clock's offset: several round trips, of each the hub's time minus the gateway's
 * halfway through it (the hub is taken to answer in the middle, RFC 5905 section 8), of these the
 * median. It may be wrong by half the round trip.
 */
final class ClockProbe {
  private static final int TRIPS = 5;
  private static final int TRIPS_MAX = 4 * TRIPS;
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Sample(long offset, long half) {}

  private final HubWay way;
  private final UplinkTimes times;
  private final GatewayClock clock;
  private final Executor loop;
  private final List<Sample> samples = new ArrayList<>();
  private long samplesBase;
  private int trips;

  ClockProbe(HubWay way, UplinkTimes times, GatewayClock clock, Executor loop) {
    this.way = way;
    this.times = times;
    this.clock = clock;
    this.loop = loop;
  }

  static byte[] question(long wallMillis) {
    return ("{\"sent\":" + wallMillis + "}").getBytes(StandardCharsets.UTF_8);
  }

  /** Ends when the clock knows; fails when the hub does not answer. */
  CompletableFuture<Void> run() {
    TimeSource time = clock.time();
    clock.look();
    long wall = time.wallMillis();
    long began = time.monotonicMillis();
    return way.ask("clock", question(wall))
        .orTimeout(times.clockAnswer().toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(
            answer -> {
              long trip = time.monotonicMillis() - began;
              long base = time.wallMillis() - time.monotonicMillis();
              long hub = hub(answer, wall);
              // A clock that was set during the trip tells nothing.
              if (same(base, wall - began)) {
                add(wall - began, new Sample(hub - wall - trip / 2, (trip + 1) / 2));
              }
              if (samples.size() < TRIPS && ++trips >= TRIPS_MAX) {
                throw new IllegalStateException("the gateway's clock is set again and again");
              }
              return samples.size() < TRIPS
                  ? CompletableFuture.supplyAsync(this::run, loop).thenCompose(next -> next)
                  : finish();
            });
  }

  /** Offsets from before the clock was set are not those of the clock as it is now. */
  private void add(long base, Sample sample) {
    if (!same(base, samplesBase)) {
      samples.clear();
      samplesBase = base;
    }
    samples.add(sample);
  }

  private static boolean same(long base, long other) {
    return Math.abs(base - other) < GatewayClock.SAME_MILLIS;
  }

  private CompletableFuture<Void> finish() {
    samples.sort(Comparator.comparingLong(Sample::offset));
    Sample median = samples.get(samples.size() / 2);
    clock.measured(samplesBase, median.offset(), median.half());
    return CompletableFuture.completedFuture(null);
  }

  private static long hub(byte[] answer, long sent) {
    try {
      JsonNode said = JSON.readTree(answer);
      if (said.path("sent").asLong() == sent && said.path("hub").isNumber()) {
        return said.path("hub").asLong();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the hub's clock cannot be read: " + e.getMessage(), e);
    }
    throw new IllegalStateException("the hub's clock answers another question");
  }
}
