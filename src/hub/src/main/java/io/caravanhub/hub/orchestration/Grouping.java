package io.caravanhub.hub.orchestration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

/**
 * What makes two actions the same one.
 *
 * @param asset id of the asset, or of the device that watches none
 * @param kind of action
 */
record Grouping(String tenant, String asset, String family, String kind) {

  /**
   * The idempotency key of an action in the window that the time falls into.
   *
   * @param generation how many actions of that window the FSM has refused for good
   */
  String key(Duration window, Instant time, int generation) {
    long number = Math.floorDiv(time.toEpochMilli(), Math.max(1, window.toMillis()));
    String identity = String.join("\n", tenant, asset, family, Long.toString(number), kind);
    if (generation > 0) {
      identity += "\n" + generation;
    }
    return HexFormat.of().formatHex(hash(identity), 0, 16);
  }

  /** A number for PostgreSQL's advisory lock that two transactions planning it would share. */
  long lock() {
    return java.nio.ByteBuffer.wrap(hash(String.join("\n", tenant, asset, family, kind))).getLong();
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
