package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.registry.DeviceDefaults;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The defaults that device types give. Thread-safe. */
@Component
class TypeDefaults implements DeviceDefaults {
  private final DeviceTypes types;

  TypeDefaults(DeviceTypes types) {
    this.types = types;
  }

  @Override
  public Map<String, String> of(String tenant, String type) {
    Profile profile = types.find(tenant, type);
    return profile == null ? Map.of() : profile.type().defaults();
  }
}
