package io.caravanhub.hub.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.caravanhub.hub.api.ProblemException;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Token buckets of tenants and devices, counted in readings. A bucket holds what may come in five
 * seconds, and never less than one full request. Limits that are changed take effect within half a
 * minute. Whoever has been silent for ten minutes is forgotten, its bucket being full by then.
 * Thread-safe.
 */
@Component("readingLimits")
public class ReadingLimits {
  /** Readings that one request may carry. */
  public static final int REQUEST_MAX = 5_000;

  private static final int BURST_SECONDS = 5;
  private static final int BUCKETS_MAX = 200_000;
  private static final Duration SILENT = Duration.ofMinutes(10);

  private final LoadingCache<String, TenantLimits> rules;
  private final Cache<Key, Metered> buckets =
      Caffeine.newBuilder().maximumSize(BUCKETS_MAX).expireAfterAccess(SILENT).build();
  private final Counter limited;

  ReadingLimits(LimitReader reader, MeterRegistry meters) {
    this.limited = meters.counter("hub.ingest.limited");
    this.rules =
        Caffeine.newBuilder()
            .maximumSize(10_000)
            .refreshAfterWrite(Duration.ofSeconds(15))
            .expireAfterAccess(Duration.ofHours(1))
            .build(reader::read);
  }

  /** Of a device, or of the whole tenant where the device is empty. */
  private record Key(String tenant, String device) {}

  private record Metered(long rate, Bucket bucket) {
    static Metered of(long rate) {
      long burst = Math.max(rate * BURST_SECONDS, REQUEST_MAX);
      return new Metered(
          rate,
          Bucket.builder()
              .addLimit(l -> l.capacity(burst).refillGreedy(rate, Duration.ofSeconds(1)))
              .build());
    }
  }

  private record Taken(Bucket bucket, long readings) {}

  /** What a tenant or its devices may send has changed; it is read anew beside the messages. */
  public void renew(String tenant) {
    if (rules.getIfPresent(tenant) != null) {
      var unused = rules.refresh(tenant);
    }
  }

  /** Any tenant's may have changed. */
  public void renew() {
    rules.asMap().keySet().forEach(this::renew);
  }

  /**
   * Takes the readings out of the buckets of the tenant and of each device, or nothing at all.
   *
   * @param readings how many, by the hub's id of the device
   * @throws ProblemException 429 with the time until they would fit
   */
  public void take(String tenant, Map<String, Integer> readings) {
    TenantLimits limits = rules.get(tenant);
    int all = readings.values().stream().mapToInt(Integer::intValue).sum();
    List<Taken> taken = new ArrayList<>(readings.size() + 1);
    take(
        bucket(tenant, "", limits.tenant()),
        all,
        "tenant \"" + tenant + "\"",
        limits.tenant(),
        taken);
    readings.forEach(
        (device, count) -> {
          long rate = limits.of(device);
          take(bucket(tenant, device, rate), count, "device \"" + device + "\"", rate, taken);
        });
  }

  private void take(Bucket bucket, int readings, String whose, long rate, List<Taken> taken) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(Math.max(1, readings));
    if (probe.isConsumed()) {
      taken.add(new Taken(bucket, Math.max(1, readings)));
      return;
    }
    taken.forEach(t -> t.bucket.addTokens(t.readings));
    limited.increment();
    throw ProblemException.tooMany(
        whose + " may send " + rate + " readings a second, and sent more",
        atLeastASecond(probe.getNanosToWaitForRefill()));
  }

  /**
   * Takes readings that are stored already, for senders that can only be held back afterwards.
   *
   * @return how long the sender is to be held back; zero when it stays within its limits
   */
  public Duration charge(String tenant, String device, int readings) {
    TenantLimits limits = rules.get(tenant);
    long owed =
        Math.max(
            bucket(tenant, "", limits.tenant()).consumeIgnoringRateLimits(Math.max(1, readings)),
            bucket(tenant, device, limits.of(device))
                .consumeIgnoringRateLimits(Math.max(1, readings)));
    if (owed > 0) {
      limited.increment();
    }
    return Duration.ofNanos(owed);
  }

  /** Whether the buckets of this device and its tenant have anything left; 429 when not. */
  public void requireCredit(String tenant, String device) {
    TenantLimits limits = rules.get(tenant);
    for (Bucket bucket :
        List.of(bucket(tenant, "", limits.tenant()), bucket(tenant, device, limits.of(device)))) {
      var estimate = bucket.estimateAbilityToConsume(1);
      if (!estimate.canBeConsumed()) {
        limited.increment();
        throw ProblemException.tooMany(
            "device \"" + device + "\" or its tenant has sent more than it may a second",
            atLeastASecond(estimate.getNanosToWaitForRefill()));
      }
    }
  }

  /** Reads the limits anew at their next use, for after a change that is to count at once. */
  public void forget() {
    rules.invalidateAll();
  }

  private Bucket bucket(String tenant, String device, long rate) {
    Key key = new Key(tenant, device);
    Metered metered = buckets.get(key, k -> Metered.of(rate));
    if (metered.rate() != rate) {
      metered = Metered.of(rate);
      buckets.put(key, metered);
    }
    return metered.bucket();
  }

  private static Duration atLeastASecond(long nanos) {
    return Duration.ofSeconds(Math.max(1, (nanos + 999_999_999L) / 1_000_000_000L));
  }
}
