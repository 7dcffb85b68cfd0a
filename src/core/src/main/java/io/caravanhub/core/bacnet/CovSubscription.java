package io.caravanhub.core.bacnet;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to the changes of one property (clauses 13.1, 13.14 and 13.15), renewed at half of
 * its lifetime. The device answers each renewal with a notification (clause 13.14.1.5), so one that
 * says nothing for a lifetime has forgotten the subscription or cannot reach us: it is silent until
 * it speaks again, and the value is to be asked for. Safe for many threads.
 */
public final class CovSubscription implements AutoCloseable {
  private final long process;
  private final BacnetDevice device;
  private final PropertyReference watched;
  private final CovOptions options;
  private final ScheduledExecutorService clock;
  private final Consumer<CovNotification> listener;
  private final Runnable forget;
  private boolean byProperty;
  private boolean subscribed;
  private boolean closed;
  private long heardAt = System.nanoTime();
  private long notifications;
  private @Nullable String error;
  private @Nullable Future<?> next;

  /**
   * What to ask for.
   *
   * @param confirmed whether the device waits for an acknowledgement of each notification
   * @param lifetime how long the device keeps it unless renewed, in whole seconds
   * @param increment smallest change worth a notification, or null for the object's own
   */
  public record CovOptions(boolean confirmed, Duration lifetime, @Nullable Float increment) {
    public CovOptions {
      if (lifetime.toSeconds() < 1) {
        throw new IllegalArgumentException("lifetime: expected at least a second");
      }
    }
  }

  CovSubscription(
      long process,
      BacnetDevice device,
      PropertyReference watched,
      CovOptions options,
      ScheduledExecutorService clock,
      Consumer<CovNotification> listener,
      Runnable forget) {
    this.process = process;
    this.device = device;
    this.watched = watched;
    this.options = options;
    this.clock = clock;
    this.listener = listener;
    this.forget = forget;
    byProperty = options.increment() != null || watched.property() != BacnetProperty.PRESENT_VALUE;
  }

  /** Subscribes; completes when the device has agreed, fails when it refuses or does not answer. */
  CompletableFuture<CovSubscription> start() {
    return subscribe().thenApply(done -> this);
  }

  /** Whether the device has agreed and has been heard within the lifetime. */
  public synchronized boolean active() {
    return subscribed && !closed && System.nanoTime() - heardAt < options.lifetime().toNanos();
  }

  /** Why it is not active, or null. */
  public synchronized @Nullable String error() {
    if (active()) {
      return null;
    }
    return error != null ? error : "no notification for " + options.lifetime().toSeconds() + " s";
  }

  /** Notifications so far. */
  public synchronized long notifications() {
    return notifications;
  }

  /** What is watched. */
  public PropertyReference watched() {
    return watched;
  }

  long process() {
    return process;
  }

  /** Takes a notification; false when it is of something else or of another device. */
  boolean notified(BacnetAddress from, CovNotification notification) {
    if (!device.address().sameDevice(from)
        || notification.device() != device.instance()
        || !notification.object().equals(watched.object())) {
      return false;
    }
    synchronized (this) {
      if (closed) {
        return false;
      }
      heardAt = System.nanoTime();
      notifications++;
    }
    listener.accept(notification);
    return true;
  }

  private CompletableFuture<byte[]> subscribe() {
    boolean property;
    synchronized (this) {
      property = byProperty;
    }
    int lifetime = (int) Math.min(options.lifetime().toSeconds(), Integer.MAX_VALUE);
    CompletableFuture<byte[]> asked =
        device.request(
            property ? Service.SUBSCRIBE_COV_PROPERTY : Service.SUBSCRIBE_COV,
            CovNotification.subscribe(
                process, watched, options.confirmed(), lifetime, property, options.increment()));
    return BacnetDevice.recover(
            asked,
            refusal -> {
              // Most devices know no SubscribeCOVProperty; their own increment has to do then.
              if (property
                  && refusal.isRefusal()
                  && watched.property() == BacnetProperty.PRESENT_VALUE) {
                synchronized (this) {
                  byProperty = false;
                }
                return subscribe();
              }
              return CompletableFuture.failedFuture(refusal);
            })
        .whenComplete((done, failure) -> subscribed(failure));
  }

  private synchronized void subscribed(@Nullable Throwable failure) {
    if (closed) {
      return;
    }
    if (failure == null && !subscribed) {
      heardAt = System.nanoTime();
    }
    subscribed |= failure == null;
    error = failure == null ? null : BacnetDevice.reason(failure);
    long half = options.lifetime().toMillis() / 2;
    try {
      if (next != null) {
        next.cancel(false);
      }
      next =
          clock.schedule(
              this::renew, failure == null ? half : Math.max(half / 2, 250), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      next = null;
    }
  }

  private void renew() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    var unused = subscribe();
  }

  /** Cancels it with the device, without waiting. */
  @Override
  public void close() {
    boolean property;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (next != null) {
        next.cancel(false);
      }
      property = byProperty;
    }
    forget.run();
    var unused =
        device
            .request(
                property ? Service.SUBSCRIBE_COV_PROPERTY : Service.SUBSCRIBE_COV,
                CovNotification.subscribe(process, watched, false, null, property, null))
            .exceptionally(gone -> new byte[0]);
  }
}
