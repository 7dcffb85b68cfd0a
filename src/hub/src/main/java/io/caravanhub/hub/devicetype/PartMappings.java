package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.registry.Device;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The mapping of a part: that of the virtual device, of its type, of the gateway's type, of its
 * maker and model, in this order. Thread-safe.
 */
@Component
class PartMappings {
  private final MappingCatalog catalog;
  private final Map<String, Mapping> compiled = new ConcurrentHashMap<>();

  PartMappings(MappingCatalog catalog) {
    this.catalog = catalog;
  }

  /** The mapping to apply, or null when the part is canonical as it is. */
  @Nullable Mapping of(@Nullable Device device, Profile gateway, @Nullable Profile own) {
    if (device != null && device.mapping() != null) {
      return named(device.mapping());
    }
    for (Profile profile : own == null ? new Profile[] {gateway} : new Profile[] {own, gateway}) {
      if (profile.own() != null) {
        return profile.own();
      }
      if (profile.type().mapping() != null) {
        return named(profile.type().mapping());
      }
    }
    return device != null && catalog.find(device.modelMapping()).isPresent()
        ? named(device.modelMapping())
        : null;
  }

  private Mapping named(String name) {
    MappingSource source =
        catalog
            .find(name)
            .orElseThrow(() -> new MappingException(name, "there is no mapping of this name"));
    Mapping known = compiled.get(name);
    if (known == null || !known.source().equals(source)) {
      known = Mapping.compile(source);
      compiled.put(name, known);
    }
    return known;
  }
}
