package io.caravanhub.core.fieldbus;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.jspecify.annotations.Nullable;

/**
 * Opens OPC UA connections with Milo's client, and keeps in mind which subscription each left on
 * its server. PLC4X 0.13.1 stood here first: it reads, but leaves two to four threads behind at
 * each reconnection and waits for ever on a server that accepts and says nothing.
 */
final class OpcUaLinks implements DeviceLinks {
  private final OpcUaConnector connector;
  private final ScheduledExecutorService clock;
  private final ConcurrentHashMap<String, OpcUaSubscriptions> kept = new ConcurrentHashMap<>();

  OpcUaLinks(OpcUaConnector connector, ScheduledExecutorService clock) {
    this.connector = connector;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<DeviceLink> open(
      FieldbusConnection connection, DeviceMap map, ReadingSink sink) {
    OpcUaOptions options = OpcUaOptions.of(connection);
    OpcUaSubscriptions subscriptions =
        kept.compute(
            connection.tenant() + " " + connection.device(),
            (key, known) ->
                known != null && known.connection().equals(connection)
                    ? known
                    : new OpcUaSubscriptions(connection));
    return connector
        .connect(connection, options)
        .thenCompose(client -> link(client, options, map, sink, subscriptions));
  }

  private CompletableFuture<DeviceLink> link(
      OpcUaClient client,
      OpcUaOptions options,
      DeviceMap map,
      ReadingSink sink,
      OpcUaSubscriptions subscriptions) {
    return OpcUaLimits.of(client)
        .handle(
            (limits, failure) -> {
              if (failure != null) {
                OpcUaConnector.close(client);
                throw OpcUaFailure.passedOn(failure);
              }
              return new OpcUaLink(
                  client,
                  map,
                  sink,
                  feed(client, options, map, sink, subscriptions, limits.itemsPerCall()),
                  limits);
            });
  }

  private @Nullable OpcUaChangeFeed feed(
      OpcUaClient client,
      OpcUaOptions options,
      DeviceMap map,
      ReadingSink sink,
      OpcUaSubscriptions subscriptions,
      int itemsPerCall) {
    if (!options.subscribe()) {
      return null;
    }
    OpcUaMonitoring monitoring =
        new OpcUaMonitoring(client, map.points(), options.publishing(), itemsPerCall);
    return new OpcUaChangeFeed(client, map, sink, clock, monitoring, subscriptions);
  }
}
