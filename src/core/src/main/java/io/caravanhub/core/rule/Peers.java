package io.caravanhub.core.rule;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What devices last said of the metrics that rules of other devices ask for: of those at the same
 * asset, and of the fleet. Filled as devices speak and when their state is rebuilt from the store.
 * Thread-safe.
 */
public final class Peers {
  private static final int FEWEST = 3;
  private static final long MEDIAN_MILLIS = 1_000;
  private static final long NEVER = Long.MIN_VALUE;

  /** Which devices are compared. */
  public enum Group {
    MODEL,
    DEVICE_TYPE,
    ASSET
  }

  /** A value with its time. */
  public record Reading(long time, double value, @Nullable String text) {}

  private record Key(String tenant, Group group, String name, String metric) {}

  private static final class Members {
    private final Map<String, Reading> latest = new ConcurrentHashMap<>();
    private final Map<Long, Median> medians = new ConcurrentHashMap<>();
  }

  /** Of the values that are no older than one length. */
  private static final class Median {
    private final AtomicLong countedAt = new AtomicLong(NEVER);
    private volatile double value = Double.NaN;
  }

  private final Map<Key, Members> groups = new ConcurrentHashMap<>();

  /** A device has said something that others may ask for. */
  public void note(RuleDevice device, String metric, Reading reading) {
    note(device, Group.MODEL, model(device), metric, reading);
    note(device, Group.DEVICE_TYPE, device.type(), metric, reading);
    String asset = device.asset();
    if (asset != null) {
      note(device, Group.ASSET, asset, metric, reading);
    }
  }

  private void note(RuleDevice device, Group group, String name, String metric, Reading reading) {
    groups
        .computeIfAbsent(new Key(device.tenant(), group, name, metric), key -> new Members())
        .latest
        .merge(device.id(), reading, (known, told) -> told.time() >= known.time() ? told : known);
  }

  /**
   * The newest fresh reading of another device at the asset, or null. Of the past that is looked at
   * again nothing counts that was measured later.
   */
  @Nullable Reading atAsset(RuleDevice device, String metric, Moment now, long fresh) {
    long latest = now.replay ? now.time : now.time + fresh;
    Members members = members(device, Group.ASSET, metric);
    Reading newest = null;
    if (members != null) {
      for (Map.Entry<String, Reading> entry : members.latest.entrySet()) {
        Reading reading = entry.getValue();
        if (!entry.getKey().equals(device.id())
            && reading.time() <= latest
            && reading.time() >= now.time - fresh
            && (newest == null || reading.time() > newest.time())) {
          newest = reading;
        }
      }
    }
    return newest;
  }

  /**
   * The median of a metric over the device's group, itself included; NaN when fewer than {@value
   * #FEWEST} others said something lately, and for the past that is looked at again. Counted anew
   * once a second of the hub's clock.
   */
  double median(RuleDevice device, Group group, String metric, Moment now, long fresh) {
    Members members = members(device, group, metric);
    if (members == null || now.replay) {
      return Double.NaN;
    }
    Median median = members.medians.computeIfAbsent(fresh, length -> new Median());
    long counted = median.countedAt.get();
    boolean due = counted == NEVER || Math.abs(now.wall - counted) >= MEDIAN_MILLIS;
    if (due && median.countedAt.compareAndSet(counted, now.wall)) {
      double[] values =
          members.latest.values().stream()
              .filter(reading -> Math.abs(now.time - reading.time()) <= fresh)
              .mapToDouble(Reading::value)
              .filter(Double::isFinite)
              .sorted()
              .toArray();
      median.value = values.length <= FEWEST ? Double.NaN : middle(values);
    }
    return median.value;
  }

  /** Forgets what was said before then: of devices that are gone, or are elsewhere now. */
  public void forgetBefore(long time) {
    for (Members members : groups.values()) {
      members.latest.values().removeIf(reading -> reading.time() < time);
    }
  }

  private static double middle(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[half]
        : Arrays.stream(sorted, half - 1, half + 1).sum() / 2;
  }

  private @Nullable Members members(RuleDevice device, Group group, String metric) {
    String name =
        switch (group) {
          case MODEL -> model(device);
          case DEVICE_TYPE -> device.type();
          case ASSET -> device.asset();
        };
    return name == null ? null : groups.get(new Key(device.tenant(), group, name, metric));
  }

  /** The maker and the model, as one name. */
  public static String model(RuleDevice device) {
    return device.manufacturer() + "/" + device.model();
  }
}
