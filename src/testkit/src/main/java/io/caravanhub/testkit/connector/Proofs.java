package io.caravanhub.testkit.connector;

import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.WebhookScheme;
import io.caravanhub.core.webhook.WebhookScheme.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** What a cloud sends along to prove itself. Stateless. */
final class Proofs {
  private Proofs() {}

  static String of(
      WebhookScheme scheme, String secret, String timestamp, byte[] body, Instant now) {
    return switch (scheme.kind()) {
      case HMAC_SHA1, HMAC_SHA256, HMAC_SHA512 ->
          SignatureCheck.sign(scheme, secret, timestamp, body);
      case JWT -> SignatureCheck.token(scheme, secret, body, now);
      case SECRET_HEADER -> scheme.prefix() + secret;
      case MTLS -> secret.replaceAll("[:-]", "").toLowerCase(java.util.Locale.ROOT);
      case IP_LIST -> "";
      case BASIC ->
          "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    };
  }

  static boolean coverTheBody(WebhookScheme scheme) {
    return scheme.kind() == Kind.JWT || scheme.kind().name().startsWith("HMAC");
  }

  static boolean coverTheTime(WebhookScheme scheme) {
    return scheme.kind() == Kind.JWT || !scheme.timestampHeader().isEmpty();
  }
}
