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

  private TokenCheck() {}

  static boolean isGood(WebhookScheme scheme, byte[] key, String token, byte[] body, Instant now) {
    String[] parts = token.substring(token.startsWith("Bearer ") ? 7 : 0).split("\\.", -1);
    if (parts.length != 3) {
      throw SignatureCheck.refused(scheme, "expected a JSON Web Token");
    }
    try {
      byte[] made =
          SignatureCheck.mac(
              "HmacSHA256", key, (parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8));
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

  /** {@code exp} and {@code iat} of RFC 7519, 4.1, with the window for clocks that differ. */
  private static boolean isTimely(WebhookScheme scheme, JsonNode claims, Instant now) {
    if (!claims.path("exp").isNumber() && !claims.path("iat").isNumber()) {
      return false;
    }
    boolean ended =
        claims.path("exp").isNumber()
            && now.minus(scheme.window())
                .isAfter(Instant.ofEpochSecond(claims.path("exp").asLong()));
    boolean early =
        claims.path("iat").isNumber()
            && now.plus(scheme.window())
                .isBefore(Instant.ofEpochSecond(claims.path("iat").asLong()));
    return !ended && !early;
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
