package io.caravanhub.edge.work;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What models did since the start. Thread-safe. */
final class ModelCounts {
  private final LongAdder inferences = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder events = new LongAdder();

  void inferred() {
    inferences.increment();
  }

  void failed() {
    failures.increment();
  }

  void event() {
    events.increment();
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("inferences", inferences.sum());
    fields.put("failures", failures.sum());
    fields.put("events", events.sum());
    return fields;
  }
}
