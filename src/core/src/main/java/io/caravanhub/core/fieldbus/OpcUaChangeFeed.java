package io.caravanhub.core.fieldbus;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes of one connection: begins with the subscription that an earlier connection left, or
 * with a new one, and makes another when the server ends it. A server that takes no subscription is
 * polled, and that is told. Safe for many threads.
 */
final class OpcUaChangeFeed {
  private static final Logger LOG = LoggerFactory.getLogger(OpcUaChangeFeed.class);

  private final OpcUaClient client;
  private final DeviceMap map;
  private final ReadingSink sink;
  private final ScheduledExecutorService clock;
  private final OpcUaMonitoring monitoring;
  private final OpcUaSubscriptions kept;
  private Runnable onGap = () -> {};
  private Consumer<Throwable> onFailure = failure -> {};
  private @Nullable CompletableFuture<?> begun;
  private volatile @Nullable OpcUaSubscription subscription;
  private volatile @Nullable OpcUaPublishing publishing;
  private volatile @Nullable String refused;
  private volatile boolean stopped;

  OpcUaChangeFeed(
      OpcUaClient client,
      DeviceMap map,
      ReadingSink sink,
      ScheduledExecutorService clock,
      OpcUaMonitoring monitoring,
      OpcUaSubscriptions kept) {
    this.client = client;
    this.map = map;
    this.sink = sink;
    this.clock = clock;
    this.monitoring = monitoring;
    this.kept = kept;
  }

  /** Says who is told of lost changes, and of a server that does not answer. */
  void start(Runnable gap, Consumer<Throwable> failure) {
    onGap = gap;
    onFailure = failure;
  }

  /** Sets the subscription up, the first time; fails when the server does not answer. */
  synchronized CompletableFuture<?> begin() {
    if (begun == null) {
      OpcUaSubscription earlier = kept.get(map.points());
      begun = earlier == null ? create(null) : takeOver(earlier);
    }
    return begun;
  }

  private CompletableFuture<Void> takeOver(OpcUaSubscription earlier) {
    return monitoring
        .takeOver(earlier)
        .thenCompose(
            takeover -> {
              if (takeover.status() == OpcUaMonitoring.StatusOfTransfer.REFUSED) {
                return create(earlier);
              }
              OpcUaPublishing fresh = publishing(earlier);
              return fresh.catchUp(takeover.available()).thenRun(fresh::start);
            });
  }

  private CompletableFuture<Void> create(@Nullable OpcUaSubscription earlier) {
    return monitoring
        .create()
        .handle(
            (created, failure) -> {
              if (failure == null) {
                if (earlier != null) {
                  created.follow(earlier);
                  created.gap(earlier.heard(), Instant.now());
                }
                kept.put(created);
                publishing(created).start();
              } else if (OpcUaFailure.isAnswer(failure)) {
                refused =
                    "everything is polled, the server takes no subscription: "
                        + OpcUaFailure.cause(failure).getMessage();
                LOG.warn("{}: {}", kept.device(), refused);
              } else {
                throw OpcUaFailure.passedOn(failure);
              }
              return subscription;
            })
        .thenRun(() -> {});
  }

  private OpcUaPublishing publishing(OpcUaSubscription on) {
    OpcUaPublishing fresh = new OpcUaPublishing(client, on, sink, clock, new Listener());
    subscription = on;
    publishing = fresh;
    if (stopped) {
      fresh.stop();
    }
    return fresh;
  }

  private final class Listener implements OpcUaPublishing.Listener {
    @Override
    public void gap() {
      OpcUaSubscription on = subscription;
      LOG.warn("{}: {}", kept.device(), on == null ? "changes were lost" : on.note());
      onGap.run();
    }

    @Override
    public void ended(StatusCode why) {
      OpcUaSubscription on = subscription;
      if (stopped || on == null) {
        return;
      }
      LOG.warn("{}: the server ended the subscription: {}", kept.device(), OpcUaValues.name(why));
      var unused =
          create(on)
              .whenComplete(
                  (created, failure) -> {
                    if (failure == null) {
                      onGap.run();
                    } else {
                      failed(failure);
                    }
                  });
    }

    @Override
    public void failed(Throwable why) {
      if (!stopped) {
        onFailure.accept(why);
      }
    }
  }

  /** Whether changes of the point come by themselves. */
  boolean isLive(DevicePoint point) {
    OpcUaSubscription on = subscription;
    return on != null && on.isLive(point);
  }

  /** Lost changes that no reading has been flagged with yet, or null. */
  OpcUaSubscription.@Nullable Gap takeGap() {
    OpcUaSubscription on = subscription;
    return on == null ? null : on.takeGap();
  }

  @Nullable String note() {
    OpcUaSubscription on = subscription;
    return refused != null ? refused : on == null ? null : on.note();
  }

  /**
   * @param keepForLater whether the next connection is to go on with the subscription
   */
  void stop(boolean keepForLater) {
    stopped = true;
    OpcUaPublishing current = publishing;
    if (current != null) {
      current.stop();
    }
    if (!keepForLater) {
      kept.forget(subscription);
    }
  }
}
