package io.caravanhub.hub.webhook;

import io.caravanhub.core.connector.JsonPayload;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.SignatureException;
import io.caravanhub.core.webhook.WebhookScheme;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * The door for webhooks, first step of the route {@code webhook}: finds out tenant and OEM from the
 * path, checks the size and the signature over the body's very bytes, and lets no header of the
 * sender through.
 *
 * <p>A tenant that does not exist is answered like a wrong signature. Thread-safe.
 */
public final class WebhookSignature {
  /** Exchange property with the OEM's name, known to have a connector. */
  public static final String OEM = "hub-oem";

  private static final Pattern PATH =
      Pattern.compile("/hooks/([A-Za-z0-9_-]{1,64})/([a-z0-9-]{1,64})");

  private final WebhookSchemes schemes;
  private final WebhookSecrets secrets;
  private final Clock clock;
  private final int bodyMax;

  /**
   * @param bodyMax the largest body taken, bytes
   */
  public WebhookSignature(
      WebhookSchemes schemes, WebhookSecrets secrets, Clock clock, int bodyMax) {
    this.schemes = schemes;
    this.secrets = secrets;
    this.clock = clock;
    this.bodyMax = bodyMax;
  }

  /**
   * Leaves the body as bytes and the headers tenant, source and received.
   *
   * @throws WebhookRefusedException when the webhook is turned away
   */
  public void check(Exchange exchange) {
    Message message = exchange.getMessage();
    Matcher path = PATH.matcher(message.getHeader(Exchange.HTTP_URI, "", String.class));
    if (!path.matches()) {
      throw new WebhookRefusedException(404, "/path", "expected /hooks/{tenant}/{oem}");
    }
    String tenant = path.group(1);
    String oem = path.group(2);
    WebhookScheme scheme =
        schemes
            .find(oem)
            .orElseThrow(
                () ->
                    new WebhookRefusedException(
                        404, "/oem", "no connector takes webhooks of '" + oem + "'"));
    List<String> shared = secrets.find(tenant, oem);
    byte[] body = body(message);
    Instant now = clock.instant();
    try {
      SignatureCheck.require(scheme, shared, name -> header(message, name), body, now);
    } catch (SignatureException e) {
      throw new WebhookRefusedException(401, "/" + e.header(), e.detail());
    }
    if (!scheme.challenge().isEmpty()) {
      exchange.setProperty(WebhookAnswer.CHALLENGE, challenge(scheme, body));
    }
    message.removeHeaders("*");
    message.setHeader(TelemetryHeaders.TENANT, tenant);
    message.setHeader(TelemetryHeaders.SOURCE, "webhook:" + oem);
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(now.toEpochMilli()));
    exchange.setProperty(OEM, oem);
    message.setBody(body);
  }

  /** What a handshake wants to hear, or null: the call is then no handshake. */
  private static @Nullable String challenge(WebhookScheme scheme, byte[] body) {
    try {
      return new JsonPayload().text(body, scheme.challenge());
    } catch (UnusableMessageException e) {
      return null;
    }
  }

  private static String header(Message message, String name) {
    // A header sent twice arrives as a list; nobody who signs sends it twice.
    return message.getHeader(name) instanceof String text ? text.strip() : "";
  }

  private byte[] body(Message message) {
    if (message.getHeader(Exchange.CONTENT_LENGTH, 0L, Long.class) > bodyMax) {
      throw tooLarge();
    }
    byte[] body = read(message.getBody());
    if (body.length > bodyMax) {
      throw tooLarge();
    }
    return body;
  }

  private byte[] read(@Nullable Object body) {
    try {
      if (body instanceof byte[] bytes) {
        return bytes;
      }
      if (body instanceof InputStream stream) {
        return stream.readNBytes(bodyMax + 1);
      }
      if (body == null) {
        return new byte[0];
      }
      // Another form of body means that somebody has parsed it: the signed bytes are gone.
      throw new WebhookRefusedException(401, "/Content-Type", "the body was not taken as bytes");
    } catch (IOException e) {
      throw new WebhookRefusedException(400, "/body", "the body broke off");
    }
  }

  private WebhookRefusedException tooLarge() {
    return new WebhookRefusedException(413, "/body", "larger than " + bodyMax + " bytes");
  }
}
