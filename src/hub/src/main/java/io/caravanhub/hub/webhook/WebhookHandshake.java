package io.caravanhub.hub.webhook;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.WebhookScheme;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a cloud hears that asks, before it sends anything, whether somebody is there. Stateless. */
final class WebhookHandshake {
  private static final int LONGEST = 1_024;
  private static final Pattern OPAQUE = Pattern.compile("[A-Za-z0-9_-]{1,256}");

  /** JSON of these characters. */
  private static final Pattern SCALAR = Pattern.compile("-?\\d+([eE]-?\\d+)?|true|false|null");

  private WebhookHandshake() {}

  /** An answer. */
  record Answer(String type, String body) {}

  /**
   * The answer to a challenge in the query, or null when there is none.
   *
   * @throws WebhookRefusedException when the token beside it is not the secret, or when anybody
   *     could have the secret sign a message of theirs
   */
  static @Nullable Answer byQuery(
      WebhookScheme.Handshake handshake, String query, List<String> secrets) {
    String challenge = handshake.query().isEmpty() ? null : parameter(query, handshake.query());
    if (challenge == null || challenge.isEmpty() || challenge.length() > LONGEST) {
      return null;
    }
    if (!handshake.token().isEmpty()) {
      String given = String.valueOf(parameter(query, handshake.token()));
      boolean good = false;
      for (String secret : secrets) {
        good |= MessageDigest.isEqual(bytes(secret), bytes(given));
      }
      if (!good) {
        throw new WebhookRefusedException(
            401, "/" + handshake.token(), "not the token that was agreed");
      }
    }
    String answer = handshake.answer().isEmpty() ? "{challenge}" : handshake.answer();
    if (answer.contains("{hmac")) {
      requireHarmless(handshake, challenge, secrets);
    }
    return filled(answer, challenge, secrets);
  }

  /** What anybody may have signed with the secret must be nothing that is signed otherwise. */
  private static void requireHarmless(
      WebhookScheme.Handshake handshake, String challenge, List<String> secrets) {
    if (handshake.token().isEmpty()
        && (!OPAQUE.matcher(challenge).matches() || SCALAR.matcher(challenge).matches())) {
      throw new WebhookRefusedException(
          400, "/" + handshake.query(), "expected 1 to 256 of A-Z, a-z, 0-9, _ and -, and no JSON");
    }
    if (secrets.isEmpty()) {
      throw new WebhookRefusedException(401, "/" + handshake.query(), "nothing was agreed");
    }
  }

  /** The answer to a challenge in a signed body: JSON under the name it came with. */
  static Answer byBody(WebhookScheme.Handshake handshake, String challenge, List<String> secrets) {
    String answer = handshake.answer();
    return filled(
        answer.isEmpty() ? "{\"challenge\":\"{challenge}\"}" : answer, challenge, secrets);
  }

  private static Answer filled(String answer, String challenge, List<String> secrets) {
    boolean json = answer.startsWith("{\"");
    String shown =
        json ? new String(JsonStringEncoder.getInstance().quoteAsString(challenge)) : challenge;
    String body = answer;
    if (answer.contains("{hmac") && !secrets.isEmpty()) {
      byte[] made = SignatureCheck.answer(secrets.get(0), challenge);
      body =
          answer
              .replace("{hmac}", HexFormat.of().formatHex(made))
              .replace("{hmac_base64}", Base64.getEncoder().encodeToString(made));
    }
    // The caller's own text comes last: a place that stands in it is not filled.
    return new Answer(
        json ? "application/json" : "text/plain; charset=utf-8",
        body.replace("{challenge}", shown));
  }

  private static @Nullable String parameter(String query, String name) {
    for (String pair : query.split("&")) {
      String[] parts = pair.split("=", 2);
      if (parts.length == 2 && decode(parts[0]).equals(name)) {
        return decode(parts[1]);
      }
    }
    return null;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
