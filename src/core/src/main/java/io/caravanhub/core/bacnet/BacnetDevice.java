package io.caravanhub.core.bacnet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One device and what can be asked of it. Nothing blocks; futures complete on the client's threads,
 * where nothing may take long, and fail with a {@link BacnetException}. Safe for many threads.
 */
public final class BacnetDevice {
  private final BacnetClient client;
  private final IAm identity;
  private final PropertyReader reader;

  BacnetDevice(BacnetClient client, IAm identity) {
    this.client = client;
    this.identity = identity;
    reader = new PropertyReader(this, client.groupSizes());
  }

  /** Where it is. */
  public BacnetAddress address() {
    return identity.address();
  }

  /** Instance of its device object. */
  public int instance() {
    return identity.instance();
  }

  /** What it has said of itself. */
  public IAm identity() {
    return identity;
  }

  /**
   * Reads properties, many in a request when the device can, else one at a time.
   *
   * @return a result for each reference, in order; fails only when the device does not answer
   */
  public CompletableFuture<List<PropertyResult>> read(List<PropertyReference> references) {
    return reader.read(references);
  }

  /** Longest time that reading so many properties may take before the device counts as silent. */
  public Duration patience(int properties) {
    BacnetSettings settings = client.settings();
    return settings
        .timeout()
        .multipliedBy((long) (settings.retries() + 1) * reader.rounds(properties));
  }

  /** Reads one property; fails when the device refuses. */
  public CompletableFuture<List<BacnetValue>> read(PropertyReference reference) {
    return request(Service.READ_PROPERTY, PropertyAccess.read(reference))
        .thenApply(
            content -> {
              try {
                return PropertyAccess.readAnswer(reference, content);
              } catch (BacnetException e) {
                throw new CompletionException(e);
              } catch (BacnetFormatException e) {
                throw new CompletionException(unreadable(e));
              }
            });
  }

  /**
   * The objects of the device (clause 12.11.15, Object_List). Element by element when the whole is
   * more than the device can send.
   *
   * @param limit how many at most
   */
  public CompletableFuture<List<ObjectId>> objects(int limit) {
    ObjectId self = ObjectId.device(instance());
    return recover(
        read(PropertyReference.of(self, BacnetProperty.OBJECT_LIST))
            .thenApply(values -> ids(values, limit)),
        refusal -> refusal.isRefusal() ? objectsByIndex(self, limit) : failed(refusal));
  }

  private CompletableFuture<List<ObjectId>> objectsByIndex(ObjectId self, int limit) {
    return read(PropertyReference.element(self, BacnetProperty.OBJECT_LIST, 0))
        .thenCompose(
            length -> {
              long count =
                  !length.isEmpty() && length.get(0) instanceof BacnetValue.Unsigned number
                      ? number.value()
                      : 0;
              List<PropertyReference> elements = new ArrayList<>();
              for (int i = 1; i <= Math.min(count, limit); i++) {
                elements.add(PropertyReference.element(self, BacnetProperty.OBJECT_LIST, i));
              }
              return read(elements);
            })
        .thenApply(
            results ->
                ids(results.stream().flatMap(result -> result.values().stream()).toList(), limit));
  }

  private static List<ObjectId> ids(List<BacnetValue> values, int limit) {
    return values.stream()
        .filter(ObjectId.class::isInstance)
        .map(ObjectId.class::cast)
        .limit(limit)
        .toList();
  }

  /**
   * Writes a property and reads it back.
   *
   * @param priority 1 to 16 for a commandable property (clause 19.2), or null
   * @return what the property holds afterwards, which a higher priority may keep from being the
   *     value written
   */
  public CompletableFuture<List<BacnetValue>> write(
      PropertyReference reference, BacnetValue value, @Nullable Integer priority) {
    if (priority != null && (priority < 1 || priority > 16)) {
      throw new IllegalArgumentException("priority: expected 1 to 16, got " + priority);
    }
    return request(Service.WRITE_PROPERTY, PropertyAccess.write(reference, value, priority))
        .thenCompose(written -> read(reference));
  }

  /**
   * Subscribes to the changes of a property. The listener runs on the client's receiving thread.
   * Fails when the device refuses or does not answer.
   */
  public CompletableFuture<CovSubscription> subscribe(
      PropertyReference watched,
      CovSubscription.CovOptions options,
      Consumer<CovNotification> listener) {
    CovSubscription subscription = client.subscription(this, watched, options, listener);
    return subscription
        .start()
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                subscription.close();
              }
            });
  }

  /**
   * The objects whose event state is not normal or not acknowledged (clause 13.12): all of them, or
   * it fails.
   */
  public CompletableFuture<List<EventSummary>> events() {
    return events(null, new ArrayList<>());
  }

  private CompletableFuture<List<EventSummary>> events(
      @Nullable ObjectId last, List<EventSummary> sofar) {
    return request(Service.GET_EVENT_INFORMATION, EventSummary.ask(last))
        .thenCompose(
            content -> {
              EventSummary.Page page;
              try {
                page = EventSummary.decode(content);
              } catch (BacnetFormatException e) {
                return failed(unreadable(e));
              }
              List<EventSummary> fresh = page.summaries();
              @Nullable ObjectId end =
                  fresh.isEmpty() ? null : fresh.get(fresh.size() - 1).object();
              boolean stuck =
                  end == null || sofar.stream().anyMatch(known -> known.object().equals(end));
              sofar.addAll(fresh);
              if (!page.more()) {
                return CompletableFuture.completedFuture(List.copyOf(sofar));
              }
              return stuck || sofar.size() > 10_000
                  ? failed(
                      BacnetException.answer(
                          "the device told " + sofar.size() + " events and never the last"))
                  : events(end, sofar);
            });
  }

  /**
   * Acknowledges an event (clause 13.5).
   *
   * @param state the state that is acknowledged
   * @param time the event's, as the device gave it
   * @param source who acknowledges
   * @param at when, by whoever acknowledges
   */
  public CompletableFuture<Void> acknowledge(
      ObjectId object, int state, EventTime time, String source, EventTime at) {
    return request(
            Service.ACKNOWLEDGE_ALARM, EventSummary.acknowledge(0, object, state, time, source, at))
        .thenAccept(done -> {});
  }

  CompletableFuture<byte[]> request(int service, byte[] content) {
    if (content.length + 4 > identity.maxApdu()) {
      return failed(
          BacnetException.unavailable(
              "the request has "
                  + (content.length + 4)
                  + " octets, the device takes "
                  + identity.maxApdu()));
    }
    return client.request(address(), service, content);
  }

  static BacnetException unreadable(BacnetFormatException e) {
    return BacnetException.answer("the answer cannot be read: " + e.getMessage());
  }

  static <T> CompletableFuture<T> failed(BacnetException failure) {
    return CompletableFuture.failedFuture(failure);
  }

  /** Goes another way when a request fails as BACnet requests do. */
  static <T> CompletableFuture<T> recover(
      CompletableFuture<T> future, Function<BacnetException, CompletableFuture<T>> otherwise) {
    return future
        .handle(
            (done, failure) -> {
              if (failure == null) {
                return future;
              }
              Throwable cause = cause(failure);
              return cause instanceof BacnetException bacnet
                  ? otherwise.apply(bacnet)
                  : CompletableFuture.<T>failedFuture(cause);
            })
        .thenCompose(Function.identity());
  }

  static String reason(Throwable failure) {
    Throwable cause = cause(failure);
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
