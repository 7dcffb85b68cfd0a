package io.caravanhub.hub.event;

import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Severity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Counts the events that rules raise, make worse and resolve. Thread-safe. */
@Component
class EventMeter {
  private static final List<String> STATUSES = List.of("open", "resolved");

  private final MeterRegistry meters;

  EventMeter(MeterRegistry meters) {
    this.meters = meters;
    // Known before the first, which would not count as an increase.
    for (EventType type : EventType.values()) {
      for (Severity severity : Severity.values()) {
        STATUSES.forEach(status -> counter(type.label(), severity.label(), status));
      }
    }
  }

  private Counter counter(String type, String severity, String status) {
    return meters.counter("hub.events", "type", type, "severity", severity, "status", status);
  }

  @EventListener
  void changed(EventChange change) {
    counter(change.type(), change.severity(), change.status()).increment();
  }
}
