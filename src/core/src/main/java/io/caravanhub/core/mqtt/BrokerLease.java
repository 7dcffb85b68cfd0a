package io.caravanhub.core.mqtt;

/**
 * Under which one of several processes at a time takes messages off a broker. All of them connect
 * with the same client id, so that the session at the broker, with all that waits in it, is that of
 * whoever holds the lease. Thread-safe.
 */
public interface BrokerLease {
  /** What all client ids of the processes begin with; nobody else's at that broker. */
  String clientId();

  /** Whether messages may be taken and acknowledged now; asked for each, so it must be quick. */
  boolean isHeld();

  /**
   * From now on this process wants the lease.
   *
   * @param gained called when the lease is gained; must be quick
   */
  void want(Runnable gained);

  /**
   * Ends what {@link #want} began; given back when nobody in the process wants it any more.
   *
   * @param gained the same object
   */
  void leave(Runnable gained);

  /** The broker has given the session to another client of the same id. */
  void takenOver();
}
