package io.caravanhub.core.fieldbus;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.NotificationMessage;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.PublishResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.StatusChangeNotification;
import org.eclipse.milo.opcua.stack.core.types.structured.SubscriptionAcknowledgement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the server for what has changed, one request at a time, and checks that nothing is missing
 * (Part 4, clauses 5.14.5 and 5.14.6). Milo's own publishing is not used: it answers on several
 * threads, so that notifications may overtake one another, and it cannot go on with a subscription
 * of an earlier client. What the sink has no room for stays with the server.
 */
final class OpcUaPublishing {
  private static final Logger LOG = LoggerFactory.getLogger(OpcUaPublishing.class);
  private static final long FULL_MILLIS = 20;
  private static final int MOST_REPUBLISHED = 1000;

  private final OpcUaClient client;
  private final OpcUaSubscription subscription;
  private final ReadingSink sink;
  private final ScheduledExecutorService clock;
  private final Listener listener;
  private final OpcUaChanges changes = new OpcUaChanges();
  private final List<SubscriptionAcknowledgement> taken = new ArrayList<>();
  private long lastTaken;
  private Instant lastHeard;
  private volatile boolean stopped;

  /** Is told of what ends or breaks the sequence of changes. */
  interface Listener {
    /** Changes were lost; the subscription knows from when to when. */
    void gap();

    /** The server has ended the subscription, for the reason it gave. */
    void ended(StatusCode why);

    /** The server does not answer. */
    void failed(Throwable why);
  }

  OpcUaPublishing(
      OpcUaClient client,
      OpcUaSubscription subscription,
      ReadingSink sink,
      ScheduledExecutorService clock,
      Listener listener) {
    this.client = client;
    this.subscription = subscription;
    this.sink = sink;
    this.clock = clock;
    this.listener = listener;
    lastTaken = subscription.seen();
    lastHeard = subscription.heard();
  }

  void start() {
    handOn();
  }

  /**
   * Has the server send again what an earlier connection did not get.
   *
   * @param available sequence numbers that the server still has
   */
  CompletableFuture<?> catchUp(List<Long> available) {
    List<Long> missed =
        available.stream()
            .filter(sequence -> ahead(sequence) >= 0)
            .sorted((a, b) -> Integer.compare(ahead(a), ahead(b)))
            .toList();
    if (missed.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return republishTo(OpcUaSubscription.after(missed.get(missed.size() - 1)));
  }

  void stop() {
    stopped = true;
  }

  private void publish() {
    if (stopped) {
      return;
    }
    List<SubscriptionAcknowledgement> acknowledged = List.copyOf(taken);
    taken.clear();
    double patience =
        1.5 * subscription.keepAliveMillis + client.getConfig().getRequestTimeout().doubleValue();
    var unused =
        client
            .getSessionAsync()
            .thenCompose(
                session ->
                    client.sendRequestAsync(
                        new PublishRequest(
                            client.newRequestHeader(
                                session.getAuthenticationToken(), uint((long) patience)),
                            acknowledged.toArray(new SubscriptionAcknowledgement[0]))))
            .thenCompose(response -> received((PublishResponse) response))
            .whenComplete(
                (goesOn, failure) -> {
                  if (stopped) {
                    return;
                  }
                  if (failure != null) {
                    listener.failed(failure);
                  } else if (goesOn) {
                    handOn();
                  } else {
                    drain();
                  }
                });
  }

  private CompletableFuture<Boolean> received(PublishResponse response) {
    if (stopped || !response.getSubscriptionId().equals(subscription.id)) {
      return CompletableFuture.completedFuture(true);
    }
    NotificationMessage message = response.getNotificationMessage();
    long sequence = message.getSequenceNumber().longValue();
    return republishTo(sequence)
        .thenApply(
            caughtUp -> {
              lastHeard = Instant.now();
              // A keep-alive carries the number of the notification that is to come.
              return isKeepAlive(message) || ahead(sequence) < 0 || take(message, sequence);
            });
  }

  private CompletableFuture<?> republishTo(long end) {
    int missing = ahead(end);
    if (missing <= 0) {
      return CompletableFuture.completedFuture(null);
    }
    if (missing > MOST_REPUBLISHED) {
      skipTo(end);
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<?> chain = CompletableFuture.completedFuture(null);
    for (long next = OpcUaSubscription.after(lastTaken);
        next != end;
        next = OpcUaSubscription.after(next)) {
      long sequence = next;
      chain = chain.thenCompose(before -> republish(sequence));
    }
    return chain;
  }

  private CompletableFuture<?> republish(long sequence) {
    return client
        .republishAsync(subscription.id, uint(sequence))
        .handle(
            (response, failure) -> {
              if (failure == null) {
                take(response.getNotificationMessage(), sequence);
              } else if (OpcUaFailure.isAnswer(failure)) {
                skipTo(OpcUaSubscription.after(sequence));
              } else {
                throw OpcUaFailure.passedOn(failure);
              }
              return null;
            });
  }

  private void skipTo(long sequence) {
    lastTaken = sequence == 1 ? 0 : sequence - 1;
    subscription.gap(subscription.heard(), Instant.now());
    listener.gap();
  }

  private boolean take(NotificationMessage message, long sequence) {
    lastTaken = sequence;
    taken.add(new SubscriptionAcknowledgement(subscription.id, uint(sequence)));
    boolean goesOn = true;
    for (ExtensionObject data : message.getNotificationData()) {
      Object notification = data.decode(client.getStaticEncodingContext());
      if (notification instanceof DataChangeNotification change) {
        take(change);
      } else if (notification instanceof StatusChangeNotification change) {
        LOG.debug("subscription {}: {}", subscription.id, change.getStatus());
        listener.ended(change.getStatus());
        goesOn = false;
      }
    }
    return goesOn;
  }

  private void take(DataChangeNotification notification) {
    Instant now = Instant.now();
    List<OpcUaChanges.Change> brought = new ArrayList<>();
    for (MonitoredItemNotification item : notification.getMonitoredItems()) {
      DevicePoint point = subscription.point(item.getClientHandle());
      if (point != null) {
        subscription.told(point, item.getValue().getStatusCode().isOverflowSet());
        brought.add(
            new OpcUaChanges.Change(
                OpcUaValues.time(item.getValue(), now),
                OpcUaValues.reading(point, item.getValue())));
      }
    }
    changes.add(brought);
  }

  private void handOn() {
    if (stopped || drain()) {
      publish();
      return;
    }
    try {
      var unused = clock.schedule(this::handOn, FULL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("subscription {}: changes are left at shutdown", subscription.id);
    }
  }

  // What waits here when the connection ends is not seen: the next one has it sent again, and
  // where the server does not, the gap begins before it.
  private boolean drain() {
    boolean all = changes.drain(sink);
    // A sink takes nothing more once its connection is stopped.
    if (all && !stopped) {
      subscription.seen(lastTaken);
      subscription.hearing(lastHeard);
    }
    return all;
  }

  private int ahead(long sequence) {
    return OpcUaSubscription.ahead(sequence, lastTaken);
  }

  private static boolean isKeepAlive(NotificationMessage message) {
    return message.getNotificationData() == null || message.getNotificationData().length == 0;
  }
}
