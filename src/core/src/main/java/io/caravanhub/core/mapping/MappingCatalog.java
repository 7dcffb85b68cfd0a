package io.caravanhub.core.mapping;

import io.caravanhub.core.payload.PayloadFormat;
import java.util.Optional;

/**
 * Where mappings are kept. Asked for every message, from many threads: an implementation answers
 * from memory and returns the very same {@link MappingSource} while nothing has changed.
 */
public interface MappingCatalog {
  /** The mapping to use now, or empty when there is none of this name. */
  Optional<MappingSource> find(String name);

  /**
   * How the payloads of this mapping are written, or empty for JSON.
   *
   * @throws io.caravanhub.core.payload.PayloadException when what is declared cannot be used
   */
  default Optional<PayloadFormat> format(String name) {
    return Optional.empty();
  }
}
