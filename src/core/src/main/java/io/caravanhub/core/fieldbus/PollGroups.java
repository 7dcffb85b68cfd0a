package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The points of a map by how often they are read, and which of them are next. A group that was not
 * read when its next turn came has overrun: that turn is skipped and counted. Times are those of
 * {@link System#nanoTime()}. Not safe for several threads.
 */
final class PollGroups {
  private static final double GOLDEN_RATIO = 0.618_033_988_749_895;
  private static final Duration LONGEST_PHASE = Duration.ofSeconds(5);

  private final List<Group> groups = new ArrayList<>();
  private long overruns;

  /** Points that are read together. */
  static final class Group {
    private final List<DevicePoint> points = new ArrayList<>();
    private final long every;
    private final long first;
    private long due;
    private boolean owed = true;
    private boolean withoutValue;

    private Group(long every, long first) {
      this.every = every;
      this.first = first;
      this.due = first;
    }

    private long turnAfter(long now) {
      return first + (Math.floorDiv(now - first, every) + 1) * every;
    }

    List<DevicePoint> points() {
      return points;
    }
  }

  /**
   * @param interval for points that have none of their own
   * @param now when the first group is due; the others come in the seconds after it
   * @param overruns so far
   */
  PollGroups(List<DevicePoint> points, Duration interval, long now, long overruns) {
    this.overruns = overruns;
    Map<Duration, Group> byInterval = new LinkedHashMap<>();
    for (DevicePoint point : points) {
      Duration own = point.sampling().interval();
      byInterval
          .computeIfAbsent(
              own == null ? interval : own,
              every -> {
                long nanos = every.toNanos();
                return new Group(nanos, now + Math.round(share(byInterval.size()) * phase(nanos)));
              })
          .points
          .add(point);
    }
    groups.addAll(byInterval.values());
  }

  // Multiples of the golden ratio spread evenly however many there come to be.
  static double share(int index) {
    return (index * GOLDEN_RATIO) % 1;
  }

  static long phase(long everyNanos) {
    return Math.min(everyNanos, LONGEST_PHASE.toNanos());
  }

  /** Nanoseconds until a group is due; 0 or less when one is. */
  long untilDue(long now) {
    Group first = first();
    return first == null ? Long.MAX_VALUE : first.due - now;
  }

  /** The group that has been due longest, or null. */
  @Nullable Group due(long now) {
    Group first = first();
    return first == null || first.due - now > 0 ? null : first;
  }

  private @Nullable Group first() {
    Group first = null;
    for (Group group : groups) {
      if (first == null || group.due - first.due < 0) {
        first = group;
      }
    }
    return first;
  }

  /**
   * A group was read; its next turn is the next one on its grid that is still to come.
   *
   * @param withoutValue whether none of its points had a value
   */
  void read(Group group, long now, boolean withoutValue) {
    long next = group.turnAfter(now);
    if (!group.owed) {
      overruns += (next - group.due) / group.every - 1;
    }
    group.due = next;
    group.owed = false;
    group.withoutValue = withoutValue;
  }

  /** Whether any group had values when it was last read. */
  boolean haveValues() {
    return groups.stream().anyMatch(group -> !group.owed && !group.withoutValue);
  }

  /** Every group is to be read as soon as the device answers again. */
  void failed(long notBefore) {
    for (Group group : groups) {
      group.due = notBefore;
      group.owed = true;
    }
  }

  long overruns() {
    return overruns;
  }
}
