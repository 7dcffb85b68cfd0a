package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.telemetry.NewestRows.Newest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Brings {@link LatestValues} up to date with what other hubs have stored, for whoever is about to
 * read them. While this hub is alone nothing is asked; else the store is, at most once a second for
 * a device, and less often when its answers take long. Thread-safe: of two callers at once one
 * looks, the other takes what is there.
 */
@Component
public class SharedValues {
  private static final Duration DAY = Duration.ofDays(1);
  private static final long REST = Duration.ofMillis(800).toNanos();
  private static final long LATELY = Duration.ofSeconds(5).toNanos();
  private static final long REST_SEEN = Duration.ofSeconds(5).toNanos();

  /** Of the time one part in so many is for looking, at most. */
  private static final int SHARE = 10;

  /** A hub that is gone may have stored something after it was last known to be there. */
  private static final long UNNOTICED = Duration.ofSeconds(10).toNanos();

  private final NewestRows rows;
  private final LatestValues latest;
  private final HubLeases leases;
  private final long start = System.nanoTime();
  private final Map<String, Look> values = new ConcurrentHashMap<>();
  private final Map<String, Look> seen = new ConcurrentHashMap<>();

  /** When a device was looked at last, and when it may be again. */
  private record Look(long at, long again) {}

  SharedValues(NewestRows rows, LatestValues latest, HubLeases leases) {
    this.rows = rows;
    this.latest = latest;
    this.leases = leases;
  }

  /** Of these devices of the tenant in force all newest values, and when they spoke last. */
  public void refresh(Collection<String> devices) {
    Map<String, Long> due = due(values, devices, REST);
    if (due.isEmpty()) {
      return;
    }
    long begun = System.nanoTime();
    Instant now = Instant.now();
    Map<String, Instant> since = new HashMap<>();
    due.keySet().forEach(device -> since.put(device, oldest(device, now)));
    for (Newest newest : rows.of(since)) {
      // Whatever its clock says: what was not there a moment ago was said since.
      boolean news = take(newest, now);
      if (news && begun - due.getOrDefault(newest.device(), start) < LATELY) {
        latest.seen(newest.device());
      }
    }
    looked(values, due.keySet(), begun, REST);
  }

  /**
   * Of many devices of the tenant in force only whether they spoke within this time, every five
   * seconds; those that are known to have are not looked at.
   */
  public void refreshSeen(Collection<String> devices, Duration within) {
    long begun = System.nanoTime();
    Instant now = Instant.now();
    Instant since = now.minus(within);
    List<String> silent =
        devices.stream()
            .filter(
                device -> {
                  Instant spoke = latest.lastSeen(device);
                  return spoke == null || !spoke.isAfter(since);
                })
            .toList();
    Map<String, Long> due = due(seen, silent, REST_SEEN);
    if (!due.isEmpty()) {
      rows.any(due.keySet(), since).forEach(newest -> take(newest, now));
      looked(seen, due.keySet(), begun, REST_SEEN);
    }
  }

  /** Those that nobody else is looking at, and when they were looked at last. */
  private Map<String, Long> due(Map<String, Look> looks, Collection<String> devices, long rest) {
    if (leases.isAloneSince(start)) {
      return Map.of();
    }
    long now = System.nanoTime();
    Map<String, Long> due = new HashMap<>();
    for (String device : new HashSet<>(devices)) {
      looks.compute(
          device,
          (d, look) -> {
            long at = look == null ? start : look.at;
            boolean rested = look == null || look.again - now <= 0;
            if (!rested || leases.isAloneSince(at - UNNOTICED)) {
              return look;
            }
            due.put(device, at);
            return new Look(at, now + rest);
          });
    }
    return due;
  }

  private static void looked(
      Map<String, Look> looks, Collection<String> devices, long begun, long rest) {
    long end = System.nanoTime();
    Look look = new Look(begun, end + Math.max(rest, SHARE * (end - begun)));
    devices.forEach(device -> looks.put(device, look));
  }

  /** How far back something may be that is news: corrections of what is known included. */
  private Instant oldest(String device, Instant now) {
    Instant day = now.minus(DAY);
    return latest.of(device).values().stream()
        .map(Measurement::ts)
        .min(Comparator.naturalOrder())
        .filter(day::isBefore)
        .orElse(day);
  }

  private boolean take(Newest newest, Instant now) {
    Instant ts = newest.value().ts();
    return latest.recall(newest.device(), newest.value(), ts.isAfter(now) ? now : ts);
  }
}
