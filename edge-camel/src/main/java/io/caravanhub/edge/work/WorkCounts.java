package io.caravanhub.edge.work;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What was done, counted since the start. Thread-safe. */
final class WorkCounts {
  final LongAdder readings = new LongAdder();
  final LongAdder passed = new LongAdder();
  final LongAdder untouched = new LongAdder();
  final LongAdder windows = new LongAdder();
  final LongAdder partial = new LongAdder();
  final LongAdder aggregates = new LongAdder();
  final LongAdder bursts = new LongAdder();
  final LongAdder burstMessages = new LongAdder();
  final LongAdder burstShort = new LongAdder();
  final LongAdder unsent = new LongAdder();
  final LongAdder resumed = new LongAdder();
  private final Map<Swallowed, LongAdder> swallowed = new EnumMap<>(Swallowed.class);

  WorkCounts() {
    for (Swallowed cause : Swallowed.values()) {
      swallowed.put(cause, new LongAdder());
    }
  }

  /**
   * A message was worked on.
   *
   * @param causes how many were swallowed why
   * @param whole whether it went on whole all the same
   */
  void took(int count, int[] causes, boolean whole) {
    readings.add(count);
    int gone = 0;
    for (Map.Entry<Swallowed, LongAdder> cause : swallowed.entrySet()) {
      int number = whole ? 0 : causes[cause.getKey().ordinal()];
      gone += number;
      if (number > 0) {
        cause.getValue().add(number);
      }
    }
    passed.add(count - gone);
  }

  /** As fields of a gateway's health. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("readings", readings.sum());
    fields.put("passed", passed.sum());
    Map<String, Object> causes = new LinkedHashMap<>();
    swallowed.forEach((cause, count) -> causes.put(cause.label(), count.sum()));
    fields.put("swallowed", causes);
    fields.put("untouched_messages", untouched.sum());
    fields.put("windows", windows.sum());
    fields.put("windows_partial", partial.sum());
    fields.put("windows_resumed", resumed.sum());
    fields.put("aggregates", aggregates.sum());
    fields.put("bursts", bursts.sum());
    fields.put("burst_messages", burstMessages.sum());
    fields.put("burst_messages_forgotten", burstShort.sum());
    fields.put("unsent_dropped", unsent.sum());
    return fields;
  }
}
