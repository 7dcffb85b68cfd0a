package io.caravanhub.core.bacnet;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Those that hear alarms and events, as one. Safe for many threads. */
public final class EventListeners implements EventListener {
  private static final int OUT_OF_RESOURCES = 9;
  private static final int SERVICES = 5;
  private static final int SERVICE_REQUEST_DENIED = 29;

  private final List<EventListener> listeners = new CopyOnWriteArrayList<>();

  /** Adds one; the answer takes it away. */
  public Runnable add(EventListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Completes when all that it is for have it. */
  @Override
  public @Nullable CompletableFuture<Void> told(BacnetAddress from, EventNotification event) {
    CompletableFuture<?>[] taken =
        listeners.stream()
            .map(listener -> listener.told(from, event))
            .filter(Objects::nonNull)
            .toArray(CompletableFuture<?>[]::new);
    return taken.length == 0 ? null : CompletableFuture.allOf(taken);
  }

  /** What a device hears whose confirmed notification could not be kept (clause 18.10). */
  static Apdu notKept(int invokeId) {
    return new Apdu.Abort(true, invokeId, OUT_OF_RESOURCES);
  }

  /** What a device hears whose confirmed notification nobody wants (clauses 18.5 and 13.8.2). */
  static Apdu unwanted(int invokeId) {
    byte[] error =
        new TagWriter()
            .application(new BacnetValue.Enumerated(SERVICES))
            .application(new BacnetValue.Enumerated(SERVICE_REQUEST_DENIED))
            .octets();
    return new Apdu.Failure(invokeId, Service.CONFIRMED_EVENT_NOTIFICATION, error);
  }
}
