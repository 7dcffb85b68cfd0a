package io.caravanhub.hub.devicetype;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a message is split.
 *
 * @param split JSONata that yields one object a device; null when the message is their array
 * @param id where in such an object the id of the virtual device, or the port, is
 * @param scope whether ids are the gateway's own or the tenant's
 * @param deviceType type of virtual devices that are made
 * @param ports for a device with ports: each with the type of the device behind it, else empty
 */
public record Demultiplexing(
    @Nullable String split, String id, Scope scope, String deviceType, Map<String, String> ports) {

  /** Whose an id is. */
  public enum Scope {
    /** Two gateways may have a virtual device of the same id: its serial is {@code gateway:id}. */
    GATEWAY,
    /** The id is one and the same behind every gateway, as that of a beacon: it is the serial. */
    TENANT
  }
}
