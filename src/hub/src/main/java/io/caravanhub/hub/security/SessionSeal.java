package io.caravanhub.hub.security;

import java.util.Optional;

/** What the hub's key does for sessions that are kept in the database. Thread-safe. */
public interface SessionSeal {
  /**
   * Encrypts and authenticates.
   *
   * @param place where the content belongs; it opens nowhere else
   */
  byte[] seal(String place, byte[] content);

  /**
   * What was sealed for this place; empty when it was not, or under a key that this hub has not.
   */
  Optional<byte[]> open(String place, byte[] sealed);

  /** A signature of a session's id, of characters that a cookie may have. */
  String sign(String id);

  /** Whether a hub with one of the same keys has signed this. */
  boolean isSigned(String id, String signature);
}
