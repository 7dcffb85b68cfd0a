package io.caravanhub.hub.console;

import io.caravanhub.core.fieldbus.WritablePoint;
import io.caravanhub.hub.gateway.GatewayRows;
import io.caravanhub.hub.gateway.GatewayState;
import io.caravanhub.hub.gatewayconfig.GatewayPoints;
import io.caravanhub.hub.gatewayconfig.GatewayPoints.Known;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the commands of a device of the tenant in force. Thread-safe. */
@Component
class DeviceCommandReader {
  private static final int SHOWN = 12;

  private final DeviceDirectory directory;
  private final GatewayRows gateways;
  private final GatewayPoints points;
  private final Wording wording = new Wording();
  private final Remembered<Optional<Known>> known = new Remembered<>(Duration.ofMinutes(1));

  DeviceCommandReader(DeviceDirectory directory, GatewayRows gateways, GatewayPoints points) {
    this.directory = directory;
    this.gateways = gateways;
    this.points = points;
  }

  DeviceCommands read(String tenant, DeviceLine line) {
    Device device = directory.find(tenant, line.id()).orElse(null);
    UUID id = device == null ? null : device.gateway();
    GatewayState gateway = id == null ? null : gateways.find(id.toString()).orElse(null);
    Known writable = gateway == null ? null : writable(tenant, line, gateway);
    Map<String, String> units = units(writable);
    return new DeviceCommands(
        gateway == null ? null : new GatewayLine(gateway),
        writable,
        lines(line, units),
        !line.status().equals("decommissioned"));
  }

  // A gateway that has told of its health and runs none of the hub's versions runs its own files.
  private @Nullable Known writable(String tenant, DeviceLine line, GatewayState gateway) {
    UUID id = UUID.fromString(gateway.id());
    Integer runs = gateway.runs();
    Integer version =
        runs != null || gateway.healthAt() != null ? runs : points.newest(id).orElse(null);
    if (version == null) {
      return null;
    }
    return known
        .get(
            tenant + "/" + line.id() + "/" + id + "/" + version,
            () -> points.of(id, version, Set.of(line.id(), line.serial())))
        .orElse(null);
  }

  private List<CommandLine> lines(DeviceLine line, Map<String, String> units) {
    return gateways.commandsTo(line.id(), SHOWN).stream()
        .map(
            command ->
                CommandLine.of(
                    command, units.getOrDefault(String.valueOf(command.get("metric")), "")))
        .toList();
  }

  private Map<String, String> units(@Nullable Known writable) {
    Map<String, String> units = new HashMap<>();
    for (WritablePoint point : writable == null ? List.<WritablePoint>of() : writable.points()) {
      units.put(point.metric(), wording.unit(point.unit()));
    }
    return units;
  }
}
