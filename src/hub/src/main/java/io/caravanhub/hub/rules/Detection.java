package io.caravanhub.hub.rules;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the rules say about a device.
 *
 * @param kind raised, still active, or cleared
 * @param rule the rule, with the event it asks for
 * @param onset the measurement time at which the condition began to be met
 * @param at the time of the measurement that led to this detection
 * @param value the number that was compared
 * @param unit its UCUM code, or null
 */
public record Detection(
    Kind kind,
    RuleDevice device,
    Rule rule,
    Instant onset,
    Instant at,
    double value,
    @Nullable String unit) {

  /** Raised, still active, cleared. */
  public enum Kind {
    RAISE,
    ACTIVE,
    CLEAR
  }

  /** Tenant id. */
  public String tenant() {
    return device.tenant();
  }

  /** The limit that was passed. */
  public double threshold() {
    return rule.when().limit();
  }

  /**
   * Names the event: the same rule on the same device at the same onset is the same event, however
   * often it is noticed.
   */
  public String dedupKey() {
    String identity =
        String.join("\n", tenant(), device.id(), rule.id(), Long.toString(onset.toEpochMilli()));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The rule's message about this very detection. */
  public String message() {
    return MessageText.render(this);
  }
}
