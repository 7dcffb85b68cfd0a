package io.caravanhub.hub.broker;

import java.util.function.BooleanSupplier;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Open while the hub's routes run: from the end of its start to the beginning of its stop. */
@Component
class BrokerDoor implements BooleanSupplier {
  private volatile boolean open;

  @EventListener
  void started(ApplicationStartedEvent event) {
    open = true;
  }

  @EventListener
  void stops(ContextClosedEvent event) {
    open = false;
  }

  @Override
  public boolean getAsBoolean() {
    return open;
  }
}
