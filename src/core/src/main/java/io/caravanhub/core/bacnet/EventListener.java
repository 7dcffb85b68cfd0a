package io.caravanhub.core.bacnet;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Hears the alarms and events that devices tell (clauses 13.8 and 13.9). */
@FunctionalInterface
public interface EventListener {
  /**
   * Takes a notification, on the receiving thread, where nothing may take long.
   *
   * @return null when it is not for this listener; else what completes when the device may be told
   *     that it was taken, and fails when it could not be kept
   */
  @Nullable CompletableFuture<Void> told(BacnetAddress from, EventNotification event);
}
