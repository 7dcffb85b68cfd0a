package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetAddress;
import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetSettings;
import io.caravanhub.core.bacnet.EventListener;
import io.caravanhub.core.bacnet.EventListeners;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets of BACnet connections: one for each local address that is asked for. */
final class BacnetClients implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BacnetClients.class);
  private static final int RETRIES = 1;
  private static final int WINDOW = 4;

  private final Duration timeout;
  private final Map<String, BacnetClient> clients = new HashMap<>();
  private final EventListeners events = new EventListeners();

  BacnetClients(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * The client for a connection. One whose device is found by Who-Is wants port 47808, where
   * devices broadcast their answer; when that is taken, those that answer to the asker alone are
   * still found.
   */
  synchronized BacnetClient get(FieldbusConnection connection) throws IOException {
    String bind = BacnetOptions.of(connection.options()).bind();
    boolean wellKnown = bind == null && BacnetTargets.isByInstance(connection.address());
    String key = bind != null ? bind : wellKnown ? "47808" : "any";
    BacnetClient known = clients.get(key);
    if (known == null) {
      known = bind != null ? open(address(bind)) : wellKnown ? openWellKnown() : openAny();
      clients.put(key, known);
    }
    return known;
  }

  /**
   * Hears alarms and events over any of the sockets: a device tells them to the port it was given,
   * whichever its connection uses. The answer stops it.
   */
  Runnable onEvent(EventListener listener) {
    return events.add(listener);
  }

  private BacnetClient openWellKnown() throws IOException {
    try {
      return open(new InetSocketAddress(BacnetAddress.PORT));
    } catch (IOException taken) {
      LOG.warn("{}; devices that answer a Who-Is by broadcast are not found", taken.getMessage());
      return openAny();
    }
  }

  private BacnetClient openAny() throws IOException {
    return open(new InetSocketAddress(0));
  }

  private BacnetClient open(InetSocketAddress bind) throws IOException {
    BacnetClient client = BacnetClient.open(new BacnetSettings(bind, timeout, RETRIES, WINDOW));
    client.onEvent(events);
    return client;
  }

  private static InetSocketAddress address(String bind) {
    if (bind.endsWith(":0")) {
      return new InetSocketAddress(bind.substring(0, bind.length() - 2), 0);
    }
    HostAndPort parsed = HostAndPort.parse(bind, BacnetAddress.PORT);
    return new InetSocketAddress(parsed.host(), parsed.port());
  }

  @Override
  public synchronized void close() {
    clients.values().forEach(BacnetClient::close);
    clients.clear();
  }
}
