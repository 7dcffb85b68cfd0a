package io.caravanhub.hub.probe;

import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusConnections;
import io.caravanhub.core.fieldbus.ProbePoint;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.devicemap.DeviceMapFolder;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.RegisteredFieldbus;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeTimedOutException;
import org.apache.camel.Header;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * {@code POST /devices/{d}/probe}: does a device answer now? Only addresses of the registry are
 * tried, never one from a request. Thread-safe.
 */
@Component("deviceProbe")
public class DeviceProbe {
  private static final String PROBE = "hub-probe";
  private static final String URI = "hub-probe-uri";

  private final FieldbusConnections connections;
  private final DeviceDirectory directory;
  private final Path mappings;
  private final Path tenantMaps;

  @Autowired
  public DeviceProbe(
      RegisteredFieldbus registered,
      DeviceDirectory directory,
      @Value("${hub.mappings}") String mappings,
      @Value("${hub.home}") Path home) {
    this(registered::list, directory, mappings, home);
  }

  /** Of other connections. */
  DeviceProbe(
      FieldbusConnections connections, DeviceDirectory directory, String mappings, Path home) {
    this.connections = connections;
    this.directory = directory;
    this.mappings = Path.of(mappings);
    this.tenantMaps = home.resolve(DeviceMapFolder.FOLDER);
  }

  /** Finds the device's connection; the reading itself is the route's. */
  public void prepare(@Header("deviceId") String device, Exchange exchange) {
    FieldbusConnection connection = connection(device);
    try {
      ProbePoint point = ProbePoint.of(mappings, tenantMaps, connection);
      Probe probe = new Probe(connection, point, System.nanoTime());
      exchange.setProperty(PROBE, probe);
      exchange.setProperty(URI, probe.uri());
    } catch (IllegalArgumentException e) {
      throw ProblemException.conflict("connection.map", String.valueOf(e.getMessage()));
    }
  }

  private FieldbusConnection connection(String idOrSerial) {
    String tenant = String.valueOf(TenantScope.current());
    Device device =
        directory
            .find(tenant, idOrSerial)
            .orElseThrow(() -> ProblemException.notFound("device", idOrSerial));
    return Stream.of("modbus-tcp", "opcua")
        .flatMap(protocol -> connections.list(protocol).stream())
        .filter(c -> c.tenant().equals(tenant) && c.device().equals(device.id().toString()))
        .findFirst()
        .orElseThrow(
            () ->
                ProblemException.conflict(
                    "connection",
                    "the hub does not read this device itself: only devices with connection_type"
                        + " modbus_tcp or opcua, a whole connection and no gateway can be tried"));
  }

  /** What the device answered. An empty map is how camel-plc4x says that it got nothing. */
  public Map<String, Object> answered(Exchange exchange) {
    Object raw =
        exchange.getMessage().getBody() instanceof Map<?, ?> read ? read.get("value") : null;
    if (raw == null) {
      return unreachable(exchange, "no answer, or no connection");
    }
    Probe probe = probe(exchange);
    Map<String, Object> answer = answer(probe, true);
    answer.put("value", probe.point().value(raw));
    answer.put("unit", probe.point().unit());
    return answer;
  }

  /** Why there is no answer. */
  public Map<String, Object> failed(Exchange exchange) {
    Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return unreachable(
        exchange,
        cause instanceof ExchangeTimedOutException
            ? "no answer in time"
            : cause == null ? "unknown" : String.valueOf(cause.getMessage()));
  }

  private static Map<String, Object> unreachable(Exchange exchange, String reason) {
    Map<String, Object> answer = answer(probe(exchange), false);
    answer.put("reason", reason);
    return answer;
  }

  private static Map<String, Object> answer(Probe probe, boolean reachable) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("reachable", reachable);
    answer.put("address", probe.connection().address());
    answer.put("tag", probe.point().tag());
    answer.put("metric", probe.point().metric());
    answer.put("millis", probe.millis());
    return answer;
  }

  private static Probe probe(Exchange exchange) {
    return Objects.requireNonNull(exchange.getProperty(PROBE, Probe.class));
  }
}
