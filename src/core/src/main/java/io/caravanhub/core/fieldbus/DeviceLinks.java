package io.caravanhub.core.fieldbus;

import java.util.concurrent.CompletableFuture;

/** Opens connections of one protocol. */
interface DeviceLinks {
  /**
   * Opens a connection, without waiting. A link that opens after the caller has given up is the
   * caller's to close.
   *
   * @param sink takes what the device sends by itself, from now until the link is closed
   */
  CompletableFuture<DeviceLink> open(
      FieldbusConnection connection, DeviceMap map, ReadingSink sink);

  /** Lets go of what its connections share; they are closed already. */
  default void close() {}
}
