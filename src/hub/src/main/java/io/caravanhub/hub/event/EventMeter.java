package io.caravanhub.hub.event;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Counts the events that rules raise, make worse and resolve. Thread-safe. */
@Component
class EventMeter {
  private final MeterRegistry meters;

  EventMeter(MeterRegistry meters) {
    this.meters = meters;
  }

  @EventListener
  void changed(EventChange change) {
    meters
        .counter(
            "hub.events",
            "type",
            change.type(),
            "severity",
            change.severity(),
            "status",
            change.status())
        .increment();
  }
}
