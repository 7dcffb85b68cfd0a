package io.caravanhub.hub.limit;

import java.util.Map;

/**
 * What a tenant's devices may send, in readings a second.
 *
 * @param tenant all of them together
 * @param device each that has no limit of its own
 * @param own limits of single devices, by the hub's id
 */
record TenantLimits(long tenant, long device, Map<String, Long> own) {
  long of(String deviceId) {
    return own.getOrDefault(deviceId, device);
  }
}
