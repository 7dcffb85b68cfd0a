package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.Map;

/**
 * A device that a cloud has named.
 *
 * @param id the cloud's own id, which is the serial
 * @param deviceId the hub's id
 * @param name as the cloud calls it; the id where it does not
 * @param vanished whether the cloud names it no more
 */
public record NamedDevice(
    String id,
    String deviceId,
    String name,
    String model,
    String firmware,
    Instant foundAt,
    Instant namedAt,
    boolean vanished) {

  static NamedDevice of(Map<String, Object> device) {
    String id = String.valueOf(device.get("external_id"));
    String name = String.valueOf(device.get("name"));
    return new NamedDevice(
        id,
        String.valueOf(device.get("device_id")),
        name.isBlank() ? id : name,
        String.valueOf(device.get("model")),
        String.valueOf(device.get("firmware")),
        Instant.parse(String.valueOf(device.get("first_seen_at"))),
        Instant.parse(String.valueOf(device.get("last_seen_at"))),
        Boolean.TRUE.equals(device.get("vanished")));
  }
}
