package io.caravanhub.core.fieldbus;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DataChangeTrigger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.DeadbandType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MonitoringMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.CreateSubscriptionResponse;
import org.eclipse.milo.opcua.stack.core.types.structured.DataChangeFilter;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateRequest;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoredItemCreateResult;
import org.eclipse.milo.opcua.stack.core.types.structured.MonitoringParameters;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.TransferResult;

/**
 * Sets up the subscription of a connection: takes over the one an earlier connection had, or makes
 * a new one with a monitored item for each point (Part 4, clauses 5.12 and 5.13).
 */
final class OpcUaMonitoring {
  private static final double KEEP_ALIVE_MILLIS = 5000;
  // How long the server keeps a subscription for us while we cannot be reached.
  private static final double LIFETIME_MILLIS = 60_000;
  private static final UInteger NOTIFICATIONS_PER_PUBLISH = uint(1000);
  private static final int SHORTEST_QUEUE = 10;
  private static final int LONGEST_GUESSED_QUEUE = 1000;

  private final OpcUaClient client;
  private final List<DevicePoint> points;
  private final Duration publishing;
  private final int itemsPerCall;

  OpcUaMonitoring(
      OpcUaClient client, List<DevicePoint> points, Duration publishing, int itemsPerCall) {
    this.client = client;
    this.points = points;
    this.publishing = publishing;
    this.itemsPerCall = itemsPerCall;
  }

  /** What became of the attempt to take over: the sequence numbers that can be had again. */
  record Takeover(StatusOfTransfer status, List<Long> available) {}

  /** Whether an earlier subscription goes on. */
  enum StatusOfTransfer {
    /** It belongs to this session now. */
    TAKEN,
    /** The server has it no more, or gives it to nobody. */
    REFUSED
  }

  /**
   * Asks for the subscription of an earlier session. Fails only when the server does not answer.
   */
  CompletableFuture<Takeover> takeOver(OpcUaSubscription earlier) {
    return client
        .transferSubscriptionsAsync(List.of(earlier.id), false)
        .handle(
            (response, failure) -> {
              if (failure != null && !OpcUaFailure.isAnswer(failure)) {
                throw OpcUaFailure.passedOn(failure);
              }
              TransferResult[] results = response == null ? null : response.getResults();
              if (results == null || results.length == 0 || !results[0].getStatusCode().isGood()) {
                return new Takeover(StatusOfTransfer.REFUSED, List.of());
              }
              UInteger[] available = results[0].getAvailableSequenceNumbers();
              return new Takeover(
                  StatusOfTransfer.TAKEN,
                  available == null
                      ? List.of()
                      : Arrays.stream(available).map(UInteger::longValue).toList());
            });
  }

  /** Makes a subscription. A point that the server does not monitor is noted in it. */
  CompletableFuture<OpcUaSubscription> create() {
    double millis = publishing.toMillis();
    double keepAlive = Math.max(1, Math.rint(KEEP_ALIVE_MILLIS / millis));
    // The lifetime is to be three keep-alives at least (Part 4, clause 5.13.2).
    double lifetime = Math.max(3 * keepAlive, Math.rint(LIFETIME_MILLIS / millis));
    return client
        .createSubscriptionAsync(
            millis,
            uint((long) lifetime),
            uint((long) keepAlive),
            NOTIFICATIONS_PER_PUBLISH,
            true,
            ubyte(0))
        .thenCompose(this::withItems);
  }

  private CompletableFuture<OpcUaSubscription> withItems(CreateSubscriptionResponse response) {
    double interval = response.getRevisedPublishingInterval();
    OpcUaSubscription subscription =
        new OpcUaSubscription(
            response.getSubscriptionId(),
            points,
            interval,
            interval * response.getRevisedMaxKeepAliveCount().doubleValue());
    CompletableFuture<?> created = CompletableFuture.completedFuture(null);
    for (int from = 0; from < points.size(); from += itemsPerCall) {
      int first = from;
      int end = Math.min(points.size(), from + itemsPerCall);
      created = created.thenCompose(before -> createItems(subscription, first, end));
    }
    return created.thenApply(done -> subscription);
  }

  private CompletableFuture<?> createItems(OpcUaSubscription subscription, int from, int end) {
    List<MonitoredItemCreateRequest> requests = new ArrayList<>();
    for (int i = from; i < end; i++) {
      requests.add(request(uint(i + 1), OpcUaPlace.of(points.get(i)), subscription));
    }
    return client
        .createMonitoredItemsAsync(subscription.id, TimestampsToReturn.Both, requests)
        .thenAccept(
            response -> {
              MonitoredItemCreateResult[] results = response.getResults();
              for (int i = from; i < end; i++) {
                MonitoredItemCreateResult result = results[i - from];
                if (result.getStatusCode().isBad()) {
                  subscription.refused(points.get(i), OpcUaValues.name(result.getStatusCode()));
                } else {
                  subscription.monitored(uint(i + 1), points.get(i));
                }
              }
            });
  }

  private MonitoredItemCreateRequest request(
      UInteger handle, OpcUaPlace place, OpcUaSubscription subscription) {
    ExtensionObject filter = null;
    if (place.deadband() > 0) {
      DeadbandType type = place.percent() ? DeadbandType.Percent : DeadbandType.Absolute;
      filter =
          ExtensionObject.encode(
              client.getStaticEncodingContext(),
              new DataChangeFilter(
                  DataChangeTrigger.StatusValue, uint(type.getValue()), place.deadband()));
    }
    return new MonitoredItemCreateRequest(
        new ReadValueId(
            place.id(client.getNamespaceTable()),
            AttributeId.Value.uid(),
            null,
            QualifiedName.NULL_VALUE),
        MonitoringMode.Reporting,
        new MonitoringParameters(
            handle,
            place.sampling(),
            filter,
            uint(queue(place, subscription.publishingMillis)),
            place.discardOldest()));
  }

  // Room for twice what can be sampled between two notifications.
  private static int queue(OpcUaPlace place, double publishingMillis) {
    if (place.queue() > 0) {
      return place.queue();
    }
    double samples = place.sampling() > 0 ? publishingMillis / place.sampling() : 1;
    return (int) Math.min(LONGEST_GUESSED_QUEUE, Math.max(SHORTEST_QUEUE, Math.ceil(2 * samples)));
  }
}
