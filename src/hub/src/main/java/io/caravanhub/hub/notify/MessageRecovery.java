package io.caravanhub.hub.notify;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** At the start, before any route runs: what an earlier hub had on its way goes out again. */
@Component
class MessageRecovery implements SmartLifecycle {
  private final MessageOutbox outbox;
  private volatile boolean running;

  MessageRecovery(MessageOutbox outbox) {
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
