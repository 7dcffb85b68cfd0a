package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A device type in the list; one that devices have and nobody described is there as well.
 *
 * @param mode label of the processing mode, empty when it is not described
 * @param mapping name of the mapping, or null when it has one of its own or none
 * @param own whether it brings a mapping along
 * @param limits metrics that it has limits for
 * @param schema whether messages are checked
 * @param devices those that speak for themselves
 * @param virtual those that are parts of others' messages
 * @param version 0 when it is not described
 */
public record TypeLine(
    String name,
    String description,
    String mode,
    @Nullable String mapping,
    boolean own,
    Set<String> limits,
    boolean schema,
    long devices,
    long virtual,
    int version,
    String author,
    @Nullable Instant updatedAt) {

  /** Whether the tenant has said what it is. */
  public boolean described() {
    return version > 0;
  }

  /** The mapping's name in an address. */
  public String mappingPath() {
    return mapping == null ? "" : mapping.replace('/', ':');
  }
}
