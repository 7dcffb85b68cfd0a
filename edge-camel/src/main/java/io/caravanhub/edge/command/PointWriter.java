package io.caravanhub.edge.command;

import java.util.concurrent.CompletableFuture;

/** Writes a value to a point of a device and reads it back. Thread-safe. */
public interface PointWriter {
  /**
   * Writes. Whether the connection and the point may be written is decided here.
   *
   * @param value a Number, a Boolean or a String
   */
  CompletableFuture<CommandOutcome> write(
      String tenant, String device, String metric, Object value);
}
