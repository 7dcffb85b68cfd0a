package io.caravanhub.hub.registry;

import java.util.Map;

/** What a device of a type is unless it is registered otherwise. Thread-safe. */
public interface DeviceDefaults {
  /** Values by the name of the device's field; none for a type that nobody described. */
  Map<String, String> of(String tenant, String type);
}
