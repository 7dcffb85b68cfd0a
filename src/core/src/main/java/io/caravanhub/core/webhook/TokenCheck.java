package io.caravanhub.core.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/**
 * JSON Web Tokens that vouch for a body: HS256 only (RFC 7515, A.1), in time, with the digest of
 * the body as a claim. Stateless.
 */
final class TokenCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The last second of the year 9999: what is later would be no time of a database. */
  private static final long LATEST = 253_402_300_799L;

  private TokenCheck() {}

  static boolean isGood(WebhookScheme scheme, byte[] key, String token, byte[] body, Instant now) {
    String[] parts = parts(scheme, token);
    try {
      byte[] made =
          SignatureCheck.mac("HmacSHA256", key, signed(parts).getBytes(StandardCharsets.UTF_8));
      JsonNode head = JSON.readTree(Base64.getUrlDecoder().decode(parts[0]));
      JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      boolean signed = MessageDigest.isEqual(made, Base64.getUrlDecoder().decode(parts[2]));
      return signed
          && head.path("alg").asText().equals("HS256")
          && isTimely(scheme, claims, now)
          && holds(scheme, claims, body);
    } catch (IllegalArgumentException | IOException e) {
      throw SignatureCheck.refused(scheme, "expected a JSON Web Token");
    }
  }

  /** What of a token is signed: its head and its claims, as they are written. */
  static String signed(WebhookScheme scheme, String token) {
    return signed(parts(scheme, token));
  }

  private static String signed(String[] parts) {
    return parts[0] + "." + parts[1];
  }

  private static String[] parts(WebhookScheme scheme, String token) {
    String[] parts = token.substring(token.startsWith("Bearer ") ? 7 : 0).split("\\.", -1);
    if (parts.length != 3) {
      throw SignatureCheck.refused(scheme, "expected a JSON Web Token");
    }
    return parts;
  }

  /** When a good token ceases to be good. */
  static Instant until(WebhookScheme scheme, String token) {
    try {
      JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts(scheme, token)[1]));
      return at(claims, claims.path("exp").isNumber() ? "exp" : "iat").plus(scheme.window());
    } catch (IllegalArgumentException | IOException e) {
      throw SignatureCheck.refused(scheme, "expected a JSON Web Token");
    }
  }

  /**
   * {@code exp} and {@code iat} of RFC 7519, 4.1, with the window for clocks that differ. A token
   * that says nothing of its end is good within the window of when it was made.
   */
  private static boolean isTimely(WebhookScheme scheme, JsonNode claims, Instant now) {
    boolean ends = claims.path("exp").isNumber();
    boolean begins = claims.path("iat").isNumber();
    boolean ended = !at(claims, ends ? "exp" : "iat").plus(scheme.window()).isAfter(now);
    boolean early = begins && at(claims, "iat").minus(scheme.window()).isAfter(now);
    return (ends || begins) && !ended && !early;
  }

  private static Instant at(JsonNode claims, String name) {
    return Instant.ofEpochSecond(Math.max(0, Math.min(claims.path(name).asLong(), LATEST)));
  }

  static String make(WebhookScheme scheme, byte[] key, byte[] body, Instant now) {
    Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
    String claims =
        JSON.createObjectNode()
            .put("iat", now.getEpochSecond())
            .put("exp", now.getEpochSecond() + 3_600)
            .put(scheme.digest().split(" ")[0], digest("SHA-256", body))
            .toString();
    String signed =
        url.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + url.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    byte[] mac = SignatureCheck.mac("HmacSHA256", key, signed.getBytes(StandardCharsets.UTF_8));
    return signed + "." + url.encodeToString(mac);
  }

  private static boolean holds(WebhookScheme scheme, JsonNode claims, byte[] body) {
    String given = "";
    // The first claim that is there is the one that counts.
    for (String claim : scheme.digest().split(" ")) {
      given = given.isEmpty() ? claims.path(claim).asText("") : given;
    }
    String digest = digest(given.length() == 40 ? "SHA-1" : "SHA-256", body);
    return MessageDigest.isEqual(
        digest.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(String algorithm, byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-1 and SHA-256", e);
    }
  }
}
