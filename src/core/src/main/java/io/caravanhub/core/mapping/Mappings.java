package io.caravanhub.core.mapping;

import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFormat;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The compiled mappings of a catalogue, each content compiled once. */
final class Mappings {
  private final ConcurrentHashMap<String, Mapping> compiled = new ConcurrentHashMap<>();
  private final MappingCatalog catalog;

  Mappings(MappingCatalog catalog) {
    this.catalog = catalog;
  }

  Mapping get(String tenant, String name) {
    Optional<Mapping> ready = catalog.compiled(tenant, name);
    return ready.isPresent() ? ready.get() : compiled(tenant, name);
  }

  private Mapping compiled(String tenant, String name) {
    MappingSource source =
        catalog
            .find(tenant, name)
            .orElseThrow(() -> new MappingException(name, "there is no mapping of this name"));
    Mapping known = compiled.get(name);
    if (known != null && known.source().equals(source)) {
      return known;
    }
    Mapping fresh = Mapping.compile(source);
    compiled.put(name, fresh);
    return fresh;
  }

  void used(MappingUse use) {
    catalog.used(use);
  }

  /** How the mapping's payloads are written, or null for JSON. */
  @Nullable PayloadFormat format(String name) {
    try {
      return catalog.format(name).orElse(null);
    } catch (PayloadException e) {
      throw new MappingException(name, String.valueOf(e.getMessage()));
    }
  }
}
