package io.caravanhub.hub.webhook;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one OEM signs its webhooks: HMAC-SHA256 (RFC 2104) over time stamp, full stop and body. It is
 * declared in the annotations of the connector's kamelet.
 *
 * @param signatureHeader header with the signature
 * @param timestampHeader header with the time of signing, epoch seconds
 * @param encoding how the signature is written
 * @param prefix what stands before it, for instance {@code sha256=}; mostly empty
 * @param window how far the time stamp may be from the hub's clock
 */
public record WebhookScheme(
    String signatureHeader,
    String timestampHeader,
    Encoding encoding,
    String prefix,
    Duration window) {
  private static final String PREFIX = "caravanhub.io/webhook.";

  /** How the bytes of a signature are written. */
  public enum Encoding {
    HEX,
    BASE64
  }

  /**
   * Reads a scheme from the annotations of a kamelet.
   *
   * @return null when they declare none
   * @throws IllegalArgumentException naming the annotation at fault
   */
  static @Nullable WebhookScheme read(Map<?, ?> annotations) {
    String algorithm = text(annotations, "signature", "");
    if (algorithm.isEmpty()) {
      return null;
    }
    require("signature", algorithm, algorithm.equals("hmac-sha256"), "hmac-sha256");
    String encoding = text(annotations, "signature-encoding", "hex");
    require("signature-encoding", encoding, encoding.matches("hex|base64"), "hex or base64");
    String window = text(annotations, "window", "PT5M");
    require("window", window, window.matches("PT\\d+[MS]"), "PT5M or the like");
    return new WebhookScheme(
        header(annotations, "signature-header"),
        header(annotations, "timestamp-header"),
        encoding.equals("hex") ? Encoding.HEX : Encoding.BASE64,
        text(annotations, "signature-prefix", ""),
        Duration.parse(window));
  }

  private static String header(Map<?, ?> annotations, String name) {
    String value = text(annotations, name, "");
    require(name, value, value.matches("[A-Za-z0-9-]+"), "the name of an HTTP header");
    return value;
  }

  private static String text(Map<?, ?> annotations, String name, String otherwise) {
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
