package io.caravanhub.hub.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks signatures made by a {@link WebhookScheme}. Stateless. */
final class SignatureCheck {
  private static final String ALGORITHM = "HmacSHA256";

  private SignatureCheck() {}

  /** Throws unless the time stamp is fresh and one of the secrets made the signature. */
  static void require(
      WebhookScheme scheme,
      List<String> secrets,
      String timestamp,
      String signature,
      byte[] body,
      Instant now) {
    if (signature.isEmpty()) {
      throw refused(scheme.signatureHeader(), "a signature is needed");
    }
    requireFresh(scheme, timestamp, now);
    byte[] given = decode(scheme, signature);
    boolean good = false;
    for (String secret : secrets) {
      // Every secret is tried, and each comparison takes its full time: timing tells nothing.
      good |= MessageDigest.isEqual(hmac(secret, timestamp, body), given);
    }
    if (!good) {
      throw refused(scheme.signatureHeader(), "the signature does not fit the body");
    }
  }

  private static void requireFresh(WebhookScheme scheme, String timestamp, Instant now) {
    if (!timestamp.matches("\\d{1,12}")) {
      throw refused(scheme.timestampHeader(), "expected epoch seconds");
    }
    Duration off = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now).abs();
    if (off.compareTo(scheme.window()) > 0) {
      throw refused(
          scheme.timestampHeader(),
          "signed more than " + scheme.window().toSeconds() + " s from this hub's clock");
    }
  }

  private static byte[] decode(WebhookScheme scheme, String signature) {
    String text =
        signature.startsWith(scheme.prefix())
            ? signature.substring(scheme.prefix().length())
            : signature;
    try {
      return scheme.encoding() == WebhookScheme.Encoding.HEX
          ? HexFormat.of().parseHex(text)
          : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw refused(scheme.signatureHeader(), "the signature is not written as agreed");
    }
  }

  private static byte[] hmac(String secret, String timestamp, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  private static WebhookRefusedException refused(String header, String detail) {
    return new WebhookRefusedException(401, "/" + header, detail);
  }
}
