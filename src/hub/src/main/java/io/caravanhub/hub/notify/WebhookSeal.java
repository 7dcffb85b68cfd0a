package io.caravanhub.hub.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signatures of Standard Webhooks 1.0: {@code v1,} and the HMAC-SHA256 of id, time and body with
 * dots between, in base64; several with spaces between, one for each secret that is valid.
 * Stateless.
 */
final class WebhookSeal {
  private static final String PREFIX = "whsec_";
  private static final int BYTES = 32;

  private WebhookSeal() {}

  static String newSecret() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }

  /** The value of {@code webhook-signature}. */
  static String headers(List<String> secrets, String id, Instant time, byte[] body) {
    return secrets.stream()
        .filter(s -> !s.isEmpty())
        .map(s -> "v1," + sign(s, id, time, body))
        .collect(Collectors.joining(" "));
  }

  static String sign(String secret, String id, Instant time, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              Base64.getDecoder().decode(secret.substring(PREFIX.length())), "HmacSHA256"));
      mac.update((id + "." + time.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }
}
