package io.caravanhub.core.fieldbus;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An open connection to one device. Used for one read at a time; closed for good at the first read
 * that fails as a whole.
 */
interface DeviceLink {
  /** Reads every point. Fails when the device did not answer; a refused point is a bad reading. */
  CompletableFuture<List<Reading>> read();

  /** Closes the connection, without waiting. */
  void close();
}
