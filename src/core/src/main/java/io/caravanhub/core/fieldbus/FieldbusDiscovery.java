package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Looks at a device for the points it has. Waits for the device; for commands, not for polling. */
public final class FieldbusDiscovery {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private FieldbusDiscovery() {}

  /**
   * Walks the SunSpec models of a device.
   *
   * @param uri {@code modbus-tcp://host:port?unit=1}, {@code modbus-rtu-tcp://…} or {@code
   *     modbus-rtu:///dev/ttyUSB0?unit=3&baud=9600}
   * @throws IllegalArgumentException when it is none of these
   * @throws IOException when the device does not answer, or is no SunSpec device
   */
  public static SunSpecWalk.Found sunSpec(URI uri) throws IOException {
    Map<String, String> query = query(uri);
    String protocol = String.valueOf(uri.getScheme());
    if (!(FieldbusProtocols.get(protocol) instanceof ModbusProtocol known)) {
      throw new IllegalArgumentException("only Modbus devices have SunSpec models, not " + uri);
    }
    int unit = Integer.parseInt(query.getOrDefault("unit", "1"));
    query.remove("unit");
    for (String option : query.keySet()) {
      if (!known.options().contains(option)) {
        throw new IllegalArgumentException(option + ": " + protocol + " has no such option");
      }
    }
    known.check(query);
    String address = protocol.equals(ModbusProtocol.RTU) ? uri.getPath() : uri.getAuthority();
    if (address == null || address.isBlank()) {
      throw new IllegalArgumentException("expected modbus-tcp://host:port?unit=1, got " + uri);
    }
    return sunSpec(
        new FieldbusConnection(
            "", "the device", protocol, address, unit, "", Duration.ofSeconds(1), query));
  }

  /**
   * Walks the SunSpec models of the device of a connection.
   *
   * @throws IllegalArgumentException when it is none of Modbus
   * @throws IOException when the device does not answer, or is no SunSpec device
   */
  public static SunSpecWalk.Found sunSpec(FieldbusConnection connection) throws IOException {
    String protocol = connection.protocol();
    String address = connection.address();
    if (!(FieldbusProtocols.get(protocol) instanceof ModbusProtocol)) {
      throw new IllegalArgumentException("only Modbus devices have SunSpec models");
    }
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    ModbusLinks links = new ModbusLinks(protocol, TIMEOUT, clock);
    try {
      ModbusLink link = links.link(connection, null, NOBODY);
      await(link.connect(), address);
      return SunSpecWalk.walk(
          (first, quantity) ->
              words(
                  await(
                      link.request(ModbusPdu.read(Register.Table.HOLDING, first, quantity)),
                      address)));
    } finally {
      links.close();
      clock.shutdownNow();
    }
  }

  /**
   * Whether a connection goes over the serial line of another, behind the same device server. One
   * that asks beside it would disturb both.
   */
  public static boolean sharesLine(FieldbusConnection connection, FieldbusConnection other) {
    return other.protocol().equals(ModbusProtocol.RTU_TCP)
        && place(connection.address()).equals(place(other.address()));
  }

  private static String place(String address) {
    try {
      HostAndPort parsed = HostAndPort.parse(address, ModbusLinks.DEFAULT_PORT);
      return parsed.host().toLowerCase(Locale.ROOT) + ":" + parsed.port();
    } catch (IllegalArgumentException e) {
      return address;
    }
  }

  private static final ReadingSink NOBODY =
      new ReadingSink() {
        @Override
        public void changed(List<Reading> readings) {}

        @Override
        public void lost(Throwable why) {}
      };

  private static <T> T await(java.util.concurrent.CompletableFuture<T> future, String address)
      throws IOException {
    try {
      return future.get(2 * TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      PollTiming timing =
          new PollTiming(TIMEOUT, TIMEOUT, new BackOff(Duration.ZERO, Duration.ZERO));
      throw new IOException(address + ": " + PollFailure.reason(e, timing), e);
    } catch (TimeoutException e) {
      throw new IOException(address + ": no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int[] words(byte[] bytes) {
    int[] words = new int[bytes.length / 2];
    for (int i = 0; i < words.length; i++) {
      words[i] = ModbusFraming.word(bytes, 2 * i);
    }
    return words;
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    if (uri.getQuery() != null) {
      for (String part : uri.getQuery().split("&")) {
        int equals = part.indexOf('=');
        query.put(equals < 0 ? part : part.substring(0, equals), part.substring(equals + 1));
      }
    }
    return query;
  }
}
