package io.caravanhub.core.rule;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the rules say about a device.
 *
 * @param kind raised, still active, worse, or cleared
 * @param rule the rule, with the event it asks for now
 * @param onset the measurement time at which the condition began to be met
 * @param at the time of the measurement that led to this detection
 * @param finding what was seen
 */
public record Detection(
    Kind kind, RuleDevice device, Rule rule, Instant onset, Instant at, Finding finding) {

  /** Raised, still active, worse than before, cleared. */
  public enum Kind {
    RAISE,
    ACTIVE,
    ESCALATE,
    CLEAR
  }

  /** Tenant id. */
  public String tenant() {
    return device.tenant();
  }

  /** The number that was compared. */
  public double value() {
    return finding.value();
  }

  /** Its UCUM code, or null. */
  public @Nullable String unit() {
    return finding.unit();
  }

  /** The limit that was passed; NaN when the condition has none. */
  public double threshold() {
    return finding.threshold();
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
