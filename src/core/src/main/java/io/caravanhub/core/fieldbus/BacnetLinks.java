package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetDevice;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens connections to BACnet devices over one socket. UDP has no connection: a link stands for a
 * device that has said who it is. Which instance was found at an address is remembered, and another
 * one there is refused, for it would bring another device's values.
 */
final class BacnetLinks implements DeviceLinks {
  private final PollTiming timing;
  private final BacnetClients clients;
  private final HostLookup hosts = new HostLookup();
  private final Map<String, Integer> found = new ConcurrentHashMap<>();

  BacnetLinks(PollTiming timing) {
    this.timing = timing;
    clients = new BacnetClients(timing.request());
  }

  @Override
  public CompletableFuture<DeviceLink> open(
      FieldbusConnection connection, DeviceMap map, ReadingSink sink) {
    BacnetClient client;
    try {
      client = clients.get(connection);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    return new BacnetTargets(client, hosts, timing.request())
        .find(connection)
        .thenApply(
            device -> {
              same(connection, device);
              return new BacnetLink(
                  clients, device, BacnetOptions.of(connection.options()), map, sink);
            });
  }

  private void same(FieldbusConnection connection, BacnetDevice device) {
    String key = connection.tenant() + " " + connection.device() + " " + connection.address();
    Integer before = found.putIfAbsent(key, device.instance());
    if (before != null
        && before != device.instance()
        && !connection.options().containsKey("device")) {
      throw new CompletionException(
          new ConnectException(
              "device "
                  + device.instance()
                  + " answers at "
                  + device.address()
                  + ", where device "
                  + before
                  + " was: if it has taken its place, say so with the option device: "
                  + device.instance()));
    }
  }

  @Override
  public void close() {
    hosts.close();
    clients.close();
  }
}
