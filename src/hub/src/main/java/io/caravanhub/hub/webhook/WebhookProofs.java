package io.caravanhub.hub.webhook;

import java.time.Instant;

/** The signatures of messages that were taken, while they are good. Thread-safe. */
public interface WebhookProofs {
  /** Whether this message was taken. */
  boolean knows(String tenant, String oem, byte[] digest);

  /** Remembers it; a failure is for the log only, for the message is stored. */
  void keep(String tenant, String oem, byte[] digest, Instant until);
}
