package io.caravanhub.core.fieldbus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a map of registers says of all of them.
 *
 * @param merge how many registers that nobody asked for may be read to save a request
 * @param unreadable addresses that are never asked for
 * @param identity what shows that the right device answers, or null
 * @param writeMultiple whether single values too are written with function codes 15 and 16
 */
record ModbusMap(
    int merge,
    List<AddressRange> unreadable,
    @Nullable ModbusIdentity identity,
    boolean writeMultiple) {
  static final ModbusMap PLAIN = new ModbusMap(0, List.of(), null, false);

  /** Whether an address from {@code from} to before {@code end} is unreadable. */
  boolean isUnreadable(int from, int end) {
    return unreadable.stream().anyMatch(range -> range.from() < end && from <= range.to());
  }

  /** Addresses, both ends included. */
  record AddressRange(int from, int to) {}
}
