package io.caravanhub.hub.gatewayconfig;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.ConnectionList;
import io.caravanhub.core.fieldbus.FieldbusOptions;
import io.caravanhub.core.fieldbus.WritablePoint;
import io.caravanhub.hub.gatewayconfig.ConfigurationRows.Version;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Which points of a device its gateway lets be written, as far as the hub published the gateway's
 * files; what stands in its {@code edge.yaml} alone is not known here. Thread-safe.
 */
@Component
public class GatewayPoints {
  private final ConfigurationRows rows;
  private final ShippedMaps shipped;

  GatewayPoints(ConfigurationRows rows, ShippedMaps shipped) {
    this.rows = rows;
    this.shipped = shipped;
  }

  /**
   * What a version says of a device.
   *
   * @param writes whether its connection lets anything be written
   * @param map the device map's name
   * @param points those that the map lets be written, in its order
   */
  public record Known(int version, boolean writes, String map, List<WritablePoint> points) {}

  /** The newest version of a gateway of the tenant in force; empty when none was published. */
  public Optional<Integer> newest(UUID gateway) {
    return rows.newest(gateway);
  }

  /**
   * What a version lets be written of a device of the tenant in force. A version never changes.
   *
   * @param names the device's id and serial: connections name it by either
   * @return empty when the version has no connection to the device
   */
  public Optional<Known> of(UUID gateway, int version, Set<String> names) {
    return rows.version(gateway, version).flatMap(running -> of(running, names));
  }

  private Optional<Known> of(Version running, Set<String> names) {
    String connections = running.bundle().files().getOrDefault(Bundle.FIELDBUS, "");
    try {
      for (JsonNode connection : ConnectionList.read(connections)) {
        if (names.contains(connection.path("device").asText())) {
          String map = connection.path("map").asText();
          boolean writes = FieldbusOptions.letsWrite(connection.path("options"));
          return text(running.bundle(), map)
              .map(text -> new Known(running.version(), writes, map, WritablePoint.of(text)));
        }
      }
    } catch (IllegalArgumentException e) {
      // Only what can be read is published; of a shipped map that changed since, nothing is known.
    }
    return Optional.empty();
  }

  /**
   * As the gateway finds it: the version's maps go before its mappings, and these before others.
   */
  private Optional<String> text(Bundle bundle, String map) {
    return Optional.ofNullable(bundle.files().get("maps/" + map))
        .or(() -> Optional.ofNullable(bundle.files().get("mappings/" + map)))
        .or(() -> shipped.text(map));
  }
}
