package io.caravanhub.core.fieldbus;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Changes that wait to be handed on, those of one moment together: a message has one time. Two
 * values of a metric with the same time go into two messages. Not safe for many threads.
 */
final class OpcUaChanges {
  private final Deque<Group> waiting = new ArrayDeque<>();

  private static final class Group {
    final Instant at;
    final List<Reading> readings = new ArrayList<>();
    final Set<String> metrics = new HashSet<>();

    Group(Instant at) {
      this.at = at;
    }

    boolean add(Reading reading) {
      return metrics.add(reading.point().metric()) && readings.add(reading);
    }
  }

  /** A value and when it came about. */
  record Change(Instant at, Reading reading) {}

  /** Adds what one notification brought, oldest first. */
  void add(List<Change> changes) {
    TreeMap<Instant, List<Group>> byTime = new TreeMap<>();
    for (Change change : changes) {
      List<Group> groups = byTime.computeIfAbsent(change.at(), at -> new ArrayList<>());
      if (groups.stream().noneMatch(group -> group.add(change.reading()))) {
        Group fresh = new Group(change.at());
        fresh.add(change.reading());
        groups.add(fresh);
      }
    }
    byTime.values().forEach(waiting::addAll);
  }

  /** Hands on what the sink has room for; false when some is left. */
  boolean drain(ReadingSink sink) {
    while (!waiting.isEmpty() && !sink.full()) {
      Group next = waiting.removeFirst();
      sink.changed(next.at, next.readings);
    }
    return waiting.isEmpty();
  }
}
