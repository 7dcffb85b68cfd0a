package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An open connection to one device. Used for one read at a time; closed for good at the first read
 * that fails as a whole.
 */
interface DeviceLink {
  /**
   * Reads points of its map. Fails when the device did not answer; a refused point is a bad
   * reading.
   */
  CompletableFuture<List<Reading>> read(List<DevicePoint> points);

  /** What a person should know though reads succeed, or null; for the status. */
  default @Nullable String note() {
    return null;
  }

  /**
   * Longest time that reading these points may take.
   *
   * @param usual what the route says
   */
  default Duration deadline(List<DevicePoint> points, Duration usual) {
    return usual;
  }

  /**
   * Writes a value, reads it back and compares. Fails when the device did not answer; a refused
   * write is a result. Never called while a read is under way.
   *
   * @param value a Number, a Boolean, or a text: the name of a state
   */
  default CompletableFuture<WriteResult> write(DevicePoint point, Object value) {
    return CompletableFuture.completedFuture(
        WriteResult.refused("this protocol does not write " + point.place().shown()));
  }

  /** Closes the connection, without waiting; nothing of it stays on the device. */
  void close();

  /**
   * Closes a connection that has failed, without waiting; the next one may take over what the
   * device still keeps of it.
   */
  default void abandon() {
    close();
  }
}
