package io.caravanhub.core.fieldbus;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Opens Modbus connections, all over one thread of their own. A Modbus TCP connection is one unit's
 * alone. What carries RTU frames is a serial line in the end, where two requests at a time are
 * noise: units of one address share it, one request after the other. Why no ready client does this
 * is told in docs/FIELDBUS.md.
 */
final class ModbusLinks implements DeviceLinks {
  static final int DEFAULT_PORT = 502;

  private final String protocol;
  private final Duration timeout;
  private final ScheduledExecutorService clock;
  private final EventLoopGroup loop =
      new NioEventLoopGroup(1, new DefaultThreadFactory("fieldbus-modbus", true));
  private final Map<String, Shared> shared = new HashMap<>();
  // By address, for as long as the line is used: guarded by shared.
  private final Map<String, String> lines = new HashMap<>();
  private final Map<String, SerialLine.Port> ports = new ConcurrentHashMap<>();
  private final Map<String, SilentBlocks> silent = new ConcurrentHashMap<>();
  private final HostLookup hosts = new HostLookup();

  private static final class Shared {
    private final ModbusWire wire;
    private int users;

    private Shared(ModbusWire wire) {
      this.wire = wire;
    }
  }

  ModbusLinks(String protocol, Duration timeout, ScheduledExecutorService clock) {
    this.protocol = protocol;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<DeviceLink> open(
      FieldbusConnection connection, DeviceMap map, ReadingSink sink) {
    ModbusLink link = link(connection, ModbusPlace.of(map.points().get(0)).map().identity(), sink);
    return link.connect()
        .handle(
            (connected, failure) -> {
              if (failure != null) {
                link.close();
                throw new CompletionException(failure);
              }
              return (DeviceLink) link;
            });
  }

  /**
   * A link that is not connected yet.
   *
   * @param identity of the map, which the connection's own goes before
   */
  ModbusLink link(
      FieldbusConnection connection, @Nullable ModbusIdentity identity, ReadingSink sink) {
    ModbusOptions options = ModbusOptions.read(connection.options());
    ModbusIdentity known = options.identity() == null ? identity : options.identity();
    return protocol.equals(ModbusProtocol.TCP)
        ? alone(connection, known, sink)
        : together(connection, options, known, sink);
  }

  private ModbusLink alone(
      FieldbusConnection connection, @Nullable ModbusIdentity identity, ReadingSink sink) {
    ModbusWire wire =
        new ModbusWire(tcp(connection), new ModbusFraming.Mbap(), timeout, Duration.ZERO, clock);
    return new ModbusLink(
        wire, connection.unitId(), identity, sink, silent(connection), wire::close);
  }

  private ModbusLink together(
      FieldbusConnection connection,
      ModbusOptions options,
      @Nullable ModbusIdentity identity,
      ReadingSink sink) {
    String line;
    ModbusWire wire;
    synchronized (shared) {
      line = lines.computeIfAbsent(connection.address(), this::line);
      Shared one =
          shared.computeIfAbsent(line, name -> new Shared(wire(connection, options, name)));
      one.users++;
      wire = one.wire;
    }
    return new ModbusLink(
        wire, connection.unitId(), identity, sink, silent(connection), once(() -> release(line)));
  }

  /**
   * The line's one name, however connections write it. An adapter that is plugged in anew may get
   * another, which must not make two lines of the one that some still use.
   */
  private String line(String address) {
    if (!protocol.equals(ModbusProtocol.RTU)) {
      HostAndPort parsed = HostAndPort.parse(address, DEFAULT_PORT);
      return parsed.host().toLowerCase(Locale.ROOT) + ":" + parsed.port();
    }
    try {
      return Path.of(address).toRealPath().toString();
    } catch (IOException absent) {
      return address;
    }
  }

  private SilentBlocks silent(FieldbusConnection connection) {
    return silent.computeIfAbsent(
        connection.tenant() + " " + connection.device() + " " + connection.address(),
        fresh -> new SilentBlocks());
  }

  private static Runnable once(Runnable task) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (!done.getAndSet(true)) {
        task.run();
      }
    };
  }

  private ModbusWire wire(FieldbusConnection connection, ModbusOptions options, String line) {
    boolean serial = protocol.equals(ModbusProtocol.RTU);
    Duration silence = serial || options.silence() != null ? options.frameSilence() : Duration.ZERO;
    return new ModbusWire(
        serial
            ? receiver -> port(line).open(connection.address(), options, receiver)
            : tcp(connection),
        new ModbusFraming.Rtu(),
        timeout,
        silence,
        clock);
  }

  private SerialLine.Port port(String line) {
    return ports.computeIfAbsent(line, name -> new SerialLine.Port());
  }

  private ModbusLine.Opener tcp(FieldbusConnection connection) {
    HostAndPort address = HostAndPort.parse(connection.address(), DEFAULT_PORT);
    return receiver -> TcpLine.open(loop, hosts, address, timeout, receiver);
  }

  private void release(String line) {
    ModbusWire unused = null;
    synchronized (shared) {
      Shared one = shared.get(line);
      if (one != null && --one.users == 0) {
        shared.remove(line);
        lines.values().removeIf(line::equals);
        unused = one.wire;
      }
    }
    if (unused != null) {
      unused.close();
    }
  }

  @Override
  public void close() {
    hosts.close();
    var unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
