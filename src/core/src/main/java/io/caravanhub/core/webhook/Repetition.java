package io.caravanhub.core.webhook;

import io.caravanhub.core.webhook.WebhookScheme.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.function.UnaryOperator;

/**
 * What tells that a message comes again: that which is signed, not how its proof is spelled, for a
 * proof may be written in several ways that are all good. Stateless.
 */
public final class Repetition {
  private Repetition() {}

  /**
   * SHA-256 of what is signed: body and time as the scheme has them, or a token's head and claims
   * with the body.
   *
   * @param header of a message that {@link SignatureCheck#require} let in
   */
  public static byte[] digest(WebhookScheme scheme, UnaryOperator<String> header, byte[] body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      if (scheme.kind() == Kind.JWT) {
        String signed = TokenCheck.signed(scheme, header.apply(scheme.header())) + "\n";
        digest.update(signed.getBytes(StandardCharsets.UTF_8));
        return digest.digest(body);
      }
      String timestamp =
          scheme.timestampHeader().isEmpty() ? "" : header.apply(scheme.timestampHeader());
      for (byte[] part : SignatureCheck.signed(scheme, timestamp, body)) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Until when the same message would be good again.
   *
   * @param header of a message that {@link SignatureCheck#require} let in
   */
  public static Instant until(WebhookScheme scheme, UnaryOperator<String> header, Instant now) {
    // A signature may be of a clock that is ahead by the window.
    return scheme.kind() == Kind.JWT
        ? TokenCheck.until(scheme, header.apply(scheme.header()))
        : now.plus(scheme.window().multipliedBy(2));
  }
}
