package io.caravanhub.core.webhook;

import io.caravanhub.core.webhook.WebhookScheme.Encoding;
import io.caravanhub.core.webhook.WebhookScheme.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks what a {@link WebhookScheme} proves. Stateless. */
public final class SignatureCheck {
  private static final String UNREADABLE =
      "the hub's own secret is not written as the connector says";

  private SignatureCheck() {}

  /**
   * Returns when one of the secrets made the proof.
   *
   * @param header a header's value by its name, empty when absent
   * @throws SignatureException otherwise
   */
  public static void require(
      WebhookScheme scheme,
      List<String> secrets,
      UnaryOperator<String> header,
      byte[] body,
      Instant now) {
    if (scheme.kind() == Kind.IP_LIST) {
      return;
    }
    String proof = header.apply(scheme.header());
    if (proof.isEmpty()) {
      throw refused(
          scheme,
          scheme.kind() == Kind.MTLS ? "a client certificate is needed" : "a signature is needed");
    }
    String timestamp = "";
    if (!scheme.timestampHeader().isEmpty()) {
      timestamp = header.apply(scheme.timestampHeader());
      requireFresh(scheme, timestamp, now);
    }
    boolean good = false;
    for (String secret : secrets) {
      // Every secret is tried, and each comparison takes its full time: timing tells nothing.
      good |= isProved(scheme, secret, proof, timestamp, body, now);
    }
    if (!good) {
      throw new SignatureException(scheme.header(), why(scheme, secrets), true);
    }
  }

  private static String why(WebhookScheme scheme, List<String> secrets) {
    if (scheme.kind() == Kind.MTLS) {
      return "the client certificate is not the one agreed";
    }
    return !secrets.isEmpty() && secrets.stream().allMatch(s -> key(scheme, s).isEmpty())
        ? UNREADABLE
        : "the signature does not fit the body";
  }

  private static boolean isProved(
      WebhookScheme scheme,
      String secret,
      String proof,
      String timestamp,
      byte[] body,
      Instant now) {
    if (scheme.kind().isHmac()) {
      byte[] given = decode(scheme, proof);
      return key(scheme, secret)
          .map(key -> MessageDigest.isEqual(hmac(scheme, key, timestamp, body), given))
          .orElse(false);
    }
    if (scheme.kind() == Kind.JWT) {
      return key(scheme, secret)
          .map(key -> TokenCheck.isGood(scheme, key, proof, body, now))
          .orElse(false);
    }
    if (scheme.kind() == Kind.MTLS) {
      String fingerprint = secret.replaceAll("[:-]", "").toLowerCase(Locale.ROOT);
      return fingerprint.matches("[0-9a-f]{64}") && fingerprint.equals(proof);
    }
    String expected =
        scheme.kind() == Kind.BASIC
            ? "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8))
            : scheme.prefix() + secret;
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), proof.getBytes(StandardCharsets.UTF_8));
  }

  private static void requireFresh(WebhookScheme scheme, String timestamp, Instant now) {
    if (!timestamp.matches(scheme.millis() ? "\\d{1,15}" : "\\d{1,12}")) {
      throw new SignatureException(
          scheme.timestampHeader(),
          scheme.millis() ? "expected epoch milliseconds" : "expected epoch seconds");
    }
    long number = Long.parseLong(timestamp);
    Instant at = scheme.millis() ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
    if (Duration.between(at, now).abs().compareTo(scheme.window()) > 0) {
      throw new SignatureException(
          scheme.timestampHeader(),
          "signed more than " + scheme.window().toSeconds() + " s from this hub's clock");
    }
  }

  /** The signature that a sender with this secret makes. */
  public static String sign(WebhookScheme scheme, String secret, String timestamp, byte[] body) {
    byte[] made = hmac(scheme, keyOfOurs(scheme, secret), timestamp, body);
    return scheme.prefix()
        + (scheme.encoding() == Encoding.HEX
            ? HexFormat.of().formatHex(made)
            : Base64.getEncoder().encodeToString(made));
  }

  /** The token that a sender with this secret makes, good for an hour. */
  public static String token(WebhookScheme scheme, String secret, byte[] body, Instant now) {
    return TokenCheck.make(scheme, keyOfOurs(scheme, secret), body, now);
  }

  private static byte[] hmac(WebhookScheme scheme, byte[] key, String timestamp, byte[] body) {
    return mac(scheme.kind().algorithm(), key, signed(scheme, timestamp, body));
  }

  /** What is signed, in its parts. */
  static byte[][] signed(WebhookScheme scheme, String timestamp, byte[] body) {
    String[] around = scheme.signed().replace("{timestamp}", timestamp).split("\\{body}", 2);
    return new byte[][] {
      around[0].getBytes(StandardCharsets.UTF_8), body, around[1].getBytes(StandardCharsets.UTF_8)
    };
  }

  /** What a handshake wants to see of the secret: HMAC-SHA256 of its challenge. */
  public static byte[] answer(String secret, String challenge) {
    return mac(
        "HmacSHA256",
        secret.getBytes(StandardCharsets.UTF_8),
        challenge.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] mac(String algorithm, byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  private static byte[] keyOfOurs(WebhookScheme scheme, String secret) {
    return key(scheme, secret).orElseThrow(() -> refused(scheme, UNREADABLE));
  }

  /** Empty when the secret is not written as the connector says: it proves nothing then. */
  private static Optional<byte[]> key(WebhookScheme scheme, String secret) {
    try {
      return Optional.of(
          switch (scheme.secretEncoding()) {
            case TEXT -> secret.getBytes(StandardCharsets.UTF_8);
            case HEX -> HexFormat.of().parseHex(secret);
            case BASE64 -> Base64.getDecoder().decode(secret);
          });
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] decode(WebhookScheme scheme, String signature) {
    String text =
        signature.startsWith(scheme.prefix())
            ? signature.substring(scheme.prefix().length())
            : signature;
    try {
      return scheme.encoding() == Encoding.HEX
          ? HexFormat.of().parseHex(text)
          : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw refused(scheme, "the signature is not written as agreed");
    }
  }

  static SignatureException refused(WebhookScheme scheme, String detail) {
    return new SignatureException(scheme.header(), detail);
  }
}
