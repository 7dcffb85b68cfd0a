package io.caravanhub.sim.load;

/** A way to the hub: opens its connections, sends what the plan says, waits for the answers. */
interface Sender extends AutoCloseable {
  /** Opens the connections; fails when the hub does not let them in. */
  void open() throws InterruptedException;

  /** Sends until the plan is over and what is under way is settled or the patience is used up. */
  void send() throws InterruptedException;

  /** Messages that are neither acknowledged nor given up. */
  long pending();

  @Override
  void close();
}
