package io.caravanhub.core.stream;

import io.caravanhub.core.cloud.CloudException;

/** Whoever wants to know what comes of a link. Called by one thread after the other. */
public interface StreamListener {
  /**
   * Messages come from now on.
   *
   * @param subscribed what the next link of this connection is to be told
   * @param gap whether the broker had forgotten the session, so that messages may be missing
   */
  void connected(String subscribed, boolean gap);

  /** A message; must not wait for anything that takes long. */
  void received(Received message);

  /** Something that came could not be read at all, and was put aside. */
  default void unread(String reason) {}

  /** The link has ended by itself; told once, and not after it was closed. */
  void ended(CloudException why);
}
