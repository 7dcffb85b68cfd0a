package io.caravanhub.core.mapping;

import java.util.Optional;

/**
 * Where mappings are kept. Asked for every message, from many threads: an implementation answers
 * from memory and returns the very same {@link MappingSource} while nothing has changed.
 */
public interface MappingCatalog {
  /** The mapping to use now, or empty when there is none of this name. */
  Optional<MappingSource> find(String name);
}
