package io.caravanhub.core.fieldbus;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as the server keeps it, and what has been heard of it. It outlives connections:
 * the next one takes it over where the server lets it. Safe for many threads.
 */
final class OpcUaSubscription {
  private static final long LARGEST_SEQUENCE_NUMBER = 0xFFFF_FFFFL;

  final UInteger id;
  final List<DevicePoint> points;
  final double publishingMillis;
  final double keepAliveMillis;
  private final Map<UInteger, DevicePoint> items = new HashMap<>();
  private final Map<DevicePoint, String> refused = new LinkedHashMap<>();
  private final Set<String> heardOf = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Gap> untoldGap = new AtomicReference<>();
  private volatile long lastSequence;
  private volatile Instant heard = Instant.now();
  private volatile @Nullable Gap lastGap;
  private volatile long gaps;
  private volatile long overflows;

  /** A time in which changes were lost. */
  record Gap(Instant from, Instant to) {
    Gap {
      from = from.truncatedTo(ChronoUnit.MILLIS);
      to = to.truncatedTo(ChronoUnit.MILLIS);
    }

    String told() {
      return "changes between " + from + " and " + to + " were lost";
    }

    Gap joined(@Nullable Gap earlier) {
      return earlier == null || from.isBefore(earlier.from) ? this : new Gap(earlier.from, to);
    }
  }

  /**
   * @param id as the server gave it
   * @param points what the map lists
   * @param publishingMillis publishing interval as the server revised it
   * @param keepAliveMillis longest time without a word of the server
   */
  OpcUaSubscription(
      UInteger id, List<DevicePoint> points, double publishingMillis, double keepAliveMillis) {
    this.id = id;
    this.points = points;
    this.publishingMillis = publishingMillis;
    this.keepAliveMillis = keepAliveMillis;
  }

  synchronized void monitored(UInteger handle, DevicePoint point) {
    items.put(handle, point);
  }

  synchronized void refused(DevicePoint point, String reason) {
    refused.put(point, reason);
  }

  synchronized @Nullable DevicePoint point(UInteger handle) {
    return items.get(handle);
  }

  /** The server has told a value of the point. */
  void told(DevicePoint point, boolean overflow) {
    heardOf.add(point.metric());
    if (overflow) {
      overflows++;
    }
  }

  /** Whether changes of the point come by themselves; while none has come, it is polled. */
  boolean isLive(DevicePoint point) {
    return heardOf.contains(point.metric());
  }

  /** The sequence number after the last (Part 4, clause 7.5): 1 follows the largest. */
  static long after(long sequence) {
    return sequence == LARGEST_SEQUENCE_NUMBER ? 1 : sequence + 1;
  }

  /** How far a sequence number is ahead of the one to come; negative when it was there already. */
  static int ahead(long sequence, long last) {
    return (int) (sequence - after(last));
  }

  /** The last notification whose changes were all handed on. */
  long seen() {
    return lastSequence;
  }

  void seen(long sequence) {
    lastSequence = sequence;
  }

  Instant heard() {
    return heard;
  }

  void hearing(Instant now) {
    heard = now;
  }

  /** Takes what an earlier subscription has counted. */
  void follow(OpcUaSubscription earlier) {
    gaps = earlier.gaps;
    overflows = earlier.overflows;
    lastGap = earlier.lastGap;
  }

  void gap(Instant from, Instant to) {
    Gap gap = new Gap(from, to);
    gaps++;
    lastGap = gap;
    untoldGap.accumulateAndGet(gap, (earlier, now) -> now == null ? earlier : now.joined(earlier));
  }

  /** The gap that no reading has been flagged with yet, or null; told only once. */
  @Nullable Gap takeGap() {
    return untoldGap.getAndSet(null);
  }

  /** What a person should know though values come, or null. */
  synchronized @Nullable String note() {
    StringBuilder note = new StringBuilder();
    refused.forEach(
        (point, reason) ->
            append(note, point.metric() + ": polled, the server does not monitor it: " + reason));
    Gap gap = lastGap;
    if (gap != null) {
      append(note, gap.told() + (gaps > 1 ? " (" + gaps + " gaps so far)" : ""));
    }
    if (overflows > 0) {
      append(note, "the server's queues overflowed " + overflows + " times: set a longer queue");
    }
    return note.isEmpty() ? null : note.toString();
  }

  private static void append(StringBuilder note, String text) {
    note.append(note.isEmpty() ? "" : "; ").append(text);
  }
}
