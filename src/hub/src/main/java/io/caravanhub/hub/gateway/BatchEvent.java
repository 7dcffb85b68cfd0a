package io.caravanhub.hub.gateway;

import io.caravanhub.hub.registry.Device;
import java.util.Map;

/**
 * A record of kind event.
 *
 * @param named the device as the gateway named it
 */
record BatchEvent(Device device, String named, long seq, Map<?, ?> body, byte[] payload) {}
