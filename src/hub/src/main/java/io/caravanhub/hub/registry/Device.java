package io.caravanhub.hub.registry;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline needs to know of a device.
 *
 * @param key surrogate that telemetry rows carry
 * @param mapping name of the mapping set for this device, or null to look one up by manufacturer
 *     and model
 * @param gateway the gateway that may speak for it, or null
 * @param asset the asset it watches now (its primary binding), or null
 */
public record Device(
    UUID id,
    int key,
    String tenant,
    String serial,
    String deviceType,
    String manufacturer,
    String model,
    @Nullable String mapping,
    @Nullable UUID gateway,
    @Nullable String asset,
    String status) {

  /** Whether the device may deliver telemetry. */
  public boolean isActive() {
    return status.equals("active") || status.equals("maintenance");
  }
}
