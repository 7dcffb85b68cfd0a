package io.caravanhub.core.stream;

/** One connection with a broker or a cloud, from its opening to its end. Thread-safe. */
public interface StreamLink extends AutoCloseable {
  /** Begins to connect; what comes of it is told to the listener. */
  void open();

  /** Ends it in order; what was not told to be done will be sent again, where that is possible. */
  @Override
  void close();

  /** As {@link #close}, and the broker need keep nothing for this connection any more. */
  default void forget() {
    close();
  }
}
