package io.caravanhub.core.webhook;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one OEM proves that a webhook is its own, as its connector's kamelet declares it.
 *
 * @param kind what is proved with
 * @param header header with the signature, token or secret
 * @param encoding how the bytes of a signature are written
 * @param prefix what stands before the signature, for instance {@code sha256=}; mostly empty
 * @param timestampHeader header with the time of signing; empty when none is signed
 * @param millis whether that time is in milliseconds and not in seconds
 * @param window how far it may be from the hub's clock
 * @param signed what is signed, with {@code {timestamp}} and {@code {body}} in it
 * @param secretEncoding how the secret itself is written
 * @param digest the claim of a JWT that holds the body's digest, or several with a blank between,
 *     of which the first that is there counts; empty for other kinds
 * @param challenge JSON Pointer to a challenge of the handshake, which is answered; empty for none
 * @param handshake how a handshake by the query is answered
 * @param addresses that the OEM sends from; empty for any
 */
public record WebhookScheme(
    Kind kind,
    String header,
    Encoding encoding,
    String prefix,
    String timestampHeader,
    boolean millis,
    Duration window,
    String signed,
    Encoding secretEncoding,
    String digest,
    String challenge,
    Handshake handshake,
    AddressList addresses) {
  /** In a scheme's eyes a header: the SHA-256 fingerprint of the client's certificate, in hex. */
  public static final String CERTIFICATE = "client-certificate";

  /**
   * A call that asks whether somebody is there, before anything is sent.
   *
   * @param query parameter with the challenge; empty for none
   * @param token parameter that must hold the secret; empty for none
   * @param answer the body of the answer, with {@code {challenge}}, {@code {hmac}} (HMAC-SHA256 of
   *     the challenge, in hex) and {@code {hmac_base64}} in it; empty for the usual
   */
  public record Handshake(String query, String token, String answer) {}

  /** What a sender proves itself with. */
  public enum Kind {
    HMAC_SHA1("HmacSHA1"),
    HMAC_SHA256("HmacSHA256"),
    HMAC_SHA512("HmacSHA512"),
    /** A JSON Web Token (RFC 7519) signed with HS256 that holds the body's digest. */
    JWT("HmacSHA256"),
    /** The secret itself in a header. */
    SECRET_HEADER(""),
    /** RFC 7617; the secret is {@code user:password}. */
    BASIC(""),
    /** A client certificate of TLS; the secret is its SHA-256 fingerprint. */
    MTLS(""),
    /** Nothing but the address it comes from. */
    IP_LIST("");

    private final String algorithm;

    Kind(String algorithm) {
      this.algorithm = algorithm;
    }

    /** The algorithm's name in Java, empty where nothing is signed. */
    String algorithm() {
      return algorithm;
    }

    boolean isHmac() {
      return name().startsWith("HMAC");
    }
  }

  /** Whether a message is good for a while only, so that what was taken can be remembered. */
  public boolean isTimed() {
    return kind == Kind.JWT || !timestampHeader.isEmpty();
  }

  /** How bytes are written. */
  public enum Encoding {
    HEX,
    BASE64,
    TEXT
  }

  /**
   * Reads a scheme from the annotations of a kamelet.
   *
   * @return null when they declare none
   * @throws IllegalArgumentException naming the annotation at fault
   */
  public static @Nullable WebhookScheme read(Map<?, ?> annotations) {
    return new SchemeAnnotations(annotations).scheme();
  }
}
