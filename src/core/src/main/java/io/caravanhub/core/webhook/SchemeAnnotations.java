package io.caravanhub.core.webhook;

import io.caravanhub.core.webhook.WebhookScheme.Encoding;
import io.caravanhub.core.webhook.WebhookScheme.Kind;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The annotations {@code caravanhub.io/webhook.*} of a kamelet. */
record SchemeAnnotations(Map<?, ?> annotations) {
  private static final String PREFIX = "caravanhub.io/webhook.";
  private static final String KINDS =
      "hmac-sha1, hmac-sha256, hmac-sha512, jwt, secret-header, basic, mtls or ip-list";

  @Nullable WebhookScheme scheme() {
    String name = text("signature", "");
    if (name.isEmpty()) {
      return null;
    }
    require(
        "signature",
        name,
        name.matches("hmac-sha(1|256|512)|jwt|secret-header|basic|mtls|ip-list"),
        KINDS);
    Kind kind = Kind.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    String encoding = text("signature-encoding", "hex");
    require("signature-encoding", encoding, encoding.matches("hex|base64"), "hex or base64");
    String secret = text("secret-encoding", "text");
    require("secret-encoding", secret, secret.matches("text|hex|base64"), "text, hex or base64");
    String unit = text("timestamp-unit", "seconds");
    require("timestamp-unit", unit, unit.matches("seconds|millis"), "seconds or millis");
    String window = text("window", "PT5M");
    require("window", window, window.matches("PT\\d+[MS]"), "PT5M or the like");
    String timestamp = text("timestamp-header", "");
    String signed = text("signed", timestamp.isEmpty() ? "{body}" : "{timestamp}.{body}");
    require("signed", signed, signed.contains("{body}"), "a text with {body} in it");
    require(
        "signed",
        signed,
        signed.contains("{timestamp}") == !timestamp.isEmpty(),
        "{timestamp} just when there is a timestamp-header");
    String challenge = text("challenge", "");
    require("challenge", challenge, challenge.matches("(/.*)?"), "a JSON Pointer");
    String digest = text("digest-claim", "");
    require("digest-claim", digest, (kind == Kind.JWT) != digest.isEmpty(), "a claim just for jwt");
    return new WebhookScheme(
        kind,
        switch (kind) {
          case BASIC -> "Authorization";
          case MTLS, IP_LIST -> WebhookScheme.CERTIFICATE;
          default -> header("signature-header");
        },
        Encoding.valueOf(encoding.toUpperCase(Locale.ROOT)),
        prefix(),
        timestamp.isEmpty() ? "" : header("timestamp-header"),
        unit.equals("millis"),
        Duration.parse(window),
        signed,
        Encoding.valueOf(secret.toUpperCase(Locale.ROOT)),
        digest,
        challenge,
        new WebhookScheme.Handshake(
            text("challenge-query", ""), text("challenge-token", ""), text("challenge-answer", "")),
        addresses());
  }

  private AddressList addresses() {
    try {
      return AddressList.of(text("addresses", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(PREFIX + "addresses: " + e.getMessage(), e);
    }
  }

  /** As written, for it may end in a blank. */
  private String prefix() {
    Object value = annotations.get(PREFIX + "signature-prefix");
    return value == null ? "" : value.toString();
  }

  private String header(String name) {
    String value = text(name, "");
    require(name, value, value.matches("[A-Za-z0-9-]+"), "the name of an HTTP header");
    return value;
  }

  private String text(String name, String otherwise) {
    Object value = annotations.get(PREFIX + name);
    return value == null ? otherwise : value.toString().strip();
  }

  private static void require(String name, String value, boolean fits, String expected) {
    if (!fits) {
      throw new IllegalArgumentException(
          PREFIX + name + ": expected " + expected + ", got '" + value + "'");
    }
  }
}
