package io.caravanhub.hub.orchestration;

import java.nio.ByteBuffer;
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
public record Grouping(String tenant, String asset, String family, String kind) {

  /**
   * The idempotency key of an action in the window that the occasion falls into: the one its
   * problem has, else the one of the clock.
   *
   * @param generation how many actions of that window are over
   */
  String key(Duration window, Occasion occasion, String slot, int generation) {
    Instant begun = occasion.window();
    long millis = Math.max(1, window.toMillis());
    long number =
        begun == null
            ? Math.floorDiv(occasion.openedAt().toEpochMilli(), millis)
            : begun.toEpochMilli();
    String identity = String.join("\n", tenant, asset, family, Long.toString(number), kind);
    if (!slot.isEmpty()) {
      identity += "\n" + slot;
    }
    if (generation > 0) {
      identity += "\n" + generation;
    }
    return HexFormat.of().formatHex(hash(identity), 0, 16);
  }

  /** From when on an action of the occasion's problem counts as the same one. */
  Instant since(Duration window, Occasion occasion, Instant now) {
    Instant recent = now.minus(window);
    Instant begun = occasion.window();
    return kind.equals("work_order") || begun == null || recent.isBefore(begun) ? recent : begun;
  }

  /** A number for PostgreSQL's advisory lock that two transactions planning for it would share. */
  public static long lock(String... names) {
    return ByteBuffer.wrap(hash(String.join("\n", names))).getLong();
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
