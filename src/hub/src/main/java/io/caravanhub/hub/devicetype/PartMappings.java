package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.mapping.MappingUse;
import io.caravanhub.hub.registry.Device;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The mapping of a part: that of the virtual device, of its type, of the gateway's type, of its
 * maker and model, in this order; each in the version that the tenant uses now. Thread-safe.
 */
@Component
class PartMappings {
  private final MappingCatalog catalog;
  private final Map<String, Mapping> compiled = new ConcurrentHashMap<>();

  PartMappings(MappingCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * The mapping to apply, or null when the part is canonical as it is.
   *
   * @param device the virtual device, or null when it is not there yet
   * @param met the mappings that the message has met, which stay what they were for all of it
   */
  @Nullable Mapping of(
      String tenant,
      @Nullable Device device,
      Profile gateway,
      @Nullable Profile own,
      Map<String, Mapping> met) {
    if (device != null && device.mapping() != null) {
      return named(tenant, device.mapping(), met);
    }
    for (Profile profile : own == null ? new Profile[] {gateway} : new Profile[] {own, gateway}) {
      Mapping brought = profile.own();
      if (brought != null && profile.version() == 0) {
        return brought;
      }
      if (profile.mapping() != null) {
        return named(tenant, profile.mapping(), met);
      }
    }
    String model =
        (device != null ? device : (own == null ? gateway : own).trialDevice(tenant, ""))
            .modelMapping();
    return met.containsKey(model) || catalog.find(tenant, model).isPresent()
        ? named(tenant, model, met)
        : null;
  }

  private Mapping named(String tenant, String name, Map<String, Mapping> met) {
    return met.computeIfAbsent(name, wanted -> named(tenant, wanted));
  }

  private Mapping named(String tenant, String name) {
    Optional<Mapping> ready = catalog.compiled(tenant, name);
    if (ready.isPresent()) {
      return ready.get();
    }
    MappingSource source =
        catalog
            .find(tenant, name)
            .orElseThrow(() -> new MappingException(name, "there is no mapping of this name"));
    Mapping known = compiled.get(name);
    if (known == null || !known.source().equals(source)) {
      known = Mapping.compile(source);
      compiled.put(name, known);
    }
    return known;
  }

  /** Applies a mapping to a part, and counts that. */
  Object apply(
      Mapping mapping, String tenant, String device, Object part, Map<String, Object> bindings) {
    long start = System.nanoTime();
    MappingException failure = null;
    try {
      return mapping.apply(part, bindings, MappingBounds.DEFAULT);
    } catch (MappingException e) {
      failure = e;
      throw e;
    } finally {
      catalog.used(
          new MappingUse(mapping, tenant, device, part, System.nanoTime() - start, failure));
    }
  }

  /** What a mapping yielded could not be read as telemetry after all. */
  void refused(Mapping mapping, String tenant) {
    catalog.refused(tenant, mapping.source().name());
  }
}
