package io.caravanhub.core.detect;

import org.jspecify.annotations.Nullable;

/**
 * What ISO 10816-3 wants to know of a machine; null is not known.
 *
 * @param group by size and drive
 * @param support how it stands
 * @param speedRpm running speed in revolutions a minute
 */
public record Machine(
    @Nullable MachineGroup group, @Nullable Support support, @Nullable Double speedRpm) {
  /**
   * How a machine stands: rigid when the lowest natural frequency of machine and support is at
   * least a quarter above the running speed in the direction measured, flexible otherwise (ISO
   * 10816-3:2009, 4.2).
   */
  public enum Support {
    RIGID,
    FLEXIBLE
  }
}
