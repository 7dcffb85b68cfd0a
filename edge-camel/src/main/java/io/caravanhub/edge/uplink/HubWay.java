package io.caravanhub.edge.uplink;

import java.util.concurrent.CompletableFuture;

/**
 * One connection to the hub, good until it fails once; then the next one is made. Futures end on
 * threads of the way.
 */
interface HubWay extends AutoCloseable {
  /** {@code mqtt} or {@code https}. */
  String name();

  /** Connects. */
  CompletableFuture<Void> connect();

  /**
   * Sends on a channel. Fails with {@link NotNowException} when the hub answers that it cannot take
   * this now, else the connection is of no more use.
   */
  CompletableFuture<Void> send(String channel, byte[] body);

  /** Asks on a channel and gets the answer to it. */
  CompletableFuture<byte[]> ask(String channel, byte[] body);

  /** Ends the connection, without waiting. */
  @Override
  void close();
}
