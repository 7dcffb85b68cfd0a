package io.caravanhub.hub.registry;

import java.util.UUID;

/** What the pipeline needs to know of a gateway. */
public record Gateway(UUID id, String tenant, String serial) {
  /** Whether it may speak for the device. */
  public boolean speaksFor(Device device) {
    return id.equals(device.gateway());
  }
}
