package io.caravanhub.edge.uplink;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Small messages to and from the hub besides the batches: a channel {@code x} is the topic {@code
 * t/{tenant}/g/{gateway}/x}. In the registry as {@code hubChannels}. Thread-safe.
 */
public interface HubChannels {
  /**
   * Takes what the hub publishes on the channel, over every connection to come. Called on the
   * connection's thread: hand over what takes long. Over HTTPS nothing comes.
   */
  void listen(String channel, Consumer<byte[]> taker);

  /**
   * Sends with QoS 1. Ends when the hub has it; fails at once without a connection, and after the
   * answer deadline. Nothing is kept: the caller tries again, or lets it be.
   */
  CompletableFuture<Void> send(String channel, byte[] body);
}
