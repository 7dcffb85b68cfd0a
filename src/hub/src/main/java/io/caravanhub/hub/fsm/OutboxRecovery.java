package io.caravanhub.hub.fsm;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** At the start, before any route runs: what an earlier hub had on its way becomes UNKNOWN. */
@Component
public class OutboxRecovery implements SmartLifecycle {
  private final Outbox outbox;
  private volatile boolean running;

  public OutboxRecovery(Outbox outbox) {
    this.outbox = outbox;
  }

  @Override
  public void start() {
    outbox.recover();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 0;
  }
}
