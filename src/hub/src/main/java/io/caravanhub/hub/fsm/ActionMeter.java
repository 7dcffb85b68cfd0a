package io.caravanhub.hub.fsm;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Counts what becomes of actions. Thread-safe. */
@Component
class ActionMeter {
  private final MeterRegistry meters;

  ActionMeter(MeterRegistry meters) {
    this.meters = meters;
    // Known before the first, so that an alert sees it.
    for (String kind : List.of("work_order", "quote", "task")) {
      List.of("ACCEPTED", "HELD", "DEAD").forEach(state -> counter(kind, state));
    }
  }

  private Counter counter(String kind, String state) {
    return meters.counter("hub.action.changes", "kind", kind, "state", state);
  }

  @EventListener
  void moved(ActionChange change) {
    counter(change.kind(), change.state()).increment();
  }
}
