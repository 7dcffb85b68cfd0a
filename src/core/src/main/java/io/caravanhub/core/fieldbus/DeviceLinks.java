package io.caravanhub.core.fieldbus;

import java.util.concurrent.CompletableFuture;

/** Opens connections of one protocol. */
interface DeviceLinks {
  /**
   * Opens a connection, without waiting. A link that opens after the caller has given up is the
   * caller's to close.
   */
  CompletableFuture<DeviceLink> open(FieldbusConnection connection, DeviceMap map);
}
