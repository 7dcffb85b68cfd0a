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
   * The mapping that a tenant uses now, or empty when it has none of this name. A catalogue that
   * knows no tenants has the same for all of them.
   *
   * @param tenant the tenant's id, empty when the message names none
   */
  default Optional<MappingSource> find(String tenant, String name) {
    return find(name);
  }

  /**
   * As {@link #find(String, String)}, compiled already, or empty when that is left to the caller.
   *
   * @throws MappingException when what is in force cannot be used
   */
  default Optional<Mapping> compiled(String tenant, String name) {
    return Optional.empty();
  }

  /**
   * How the payloads of this mapping are written, or empty for JSON.
   *
   * @throws io.caravanhub.core.payload.PayloadException when what is declared cannot be used
   */
  default Optional<PayloadFormat> format(String name) {
    return Optional.empty();
  }

  /** Told of every message that a mapping was applied to; must be quick and must not throw. */
  default void used(MappingUse use) {}

  /** Told when what a mapping yielded could not be read as telemetry after all. */
  default void refused(String tenant, String name) {}
}
