package io.caravanhub.sim.device;

/** A device's way to the hub. Used by one thread. */
public interface Link extends AutoCloseable {
  /**
   * Sends a message and returns when the hub has acknowledged it.
   *
   * @throws Exception when it was not acknowledged; the message will be sent again
   */
  void send(byte[] message) throws Exception;

  /** Hangs up. */
  @Override
  void close();
}
