package io.caravanhub.hub.fsm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Counts what becomes of actions. Thread-safe. */
@Component
class ActionMeter {
  private static final List<String> KINDS = List.of("work_order", "quote", "task", "notification");
  private static final List<String> STATES =
      List.of(
          "PLANNED",
          "HELD",
          "UNKNOWN",
          "ACCEPTED",
          "IN_PROGRESS",
          "ON_HOLD",
          "COMPLETED",
          "CANCELLED",
          "DEAD");

  private final MeterRegistry meters;

  ActionMeter(MeterRegistry meters) {
    this.meters = meters;
    // Known before the first, which would not count as an increase.
    KINDS.forEach(kind -> STATES.forEach(state -> counter(kind, state)));
  }

  private Counter counter(String kind, String state) {
    return meters.counter("hub.action.changes", "kind", kind, "state", state);
  }

  @EventListener
  void moved(ActionChange change) {
    counter(change.kind(), change.state()).increment();
  }
}
