package io.caravanhub.core.mapping;

import java.util.concurrent.ConcurrentHashMap;

/** The compiled mappings of a catalogue, each content compiled once. */
final class Mappings {
  private final ConcurrentHashMap<String, Mapping> compiled = new ConcurrentHashMap<>();
  private final MappingCatalog catalog;

  Mappings(MappingCatalog catalog) {
    this.catalog = catalog;
  }

  Mapping get(String name) {
    MappingSource source =
        catalog
            .find(name)
            .orElseThrow(() -> new MappingException(name, "there is no mapping of this name"));
    Mapping known = compiled.get(name);
    if (known != null && known.source().equals(source)) {
      return known;
    }
    Mapping fresh = Mapping.compile(source);
    compiled.put(name, fresh);
    return fresh;
  }
}
