package io.caravanhub.hub.webhook;

import io.caravanhub.core.connector.ConnectorParts;
import io.caravanhub.core.connector.JsonPayload;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.core.webhook.Repetition;
import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.SignatureException;
import io.caravanhub.core.webhook.WebhookScheme;
import io.caravanhub.core.webhook.WebhookScheme.Kind;
import io.caravanhub.hub.webhook.WebhookHandshake.Answer;
import io.caravanhub.hub.webhook.WebhookSecrets.Sender;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.springboot.PlatformHttpMessage;
import org.apache.camel.support.SynchronizationAdapter;
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
  private final WebhookProofs proofs;
  private final WebhookClient client;
  private final Clock clock;
  private final int bodyMax;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  /**
   * @param bodyMax the largest body taken, bytes
   */
  public WebhookSignature(
      WebhookSchemes schemes,
      WebhookSecrets secrets,
      WebhookProofs proofs,
      WebhookClient client,
      Clock clock,
      int bodyMax) {
    this.schemes = schemes;
    this.secrets = secrets;
    this.proofs = proofs;
    this.client = client;
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
    HttpServletRequest request =
        message instanceof PlatformHttpMessage http ? http.getRequest() : null;
    exchange.setProperty(OEM, oem);
    List<Sender> admitted = admitted(scheme, tenant, oem, request);
    List<String> shared = admitted.stream().flatMap(sender -> sender.secrets().stream()).toList();
    boolean locked = admitted.stream().anyMatch(Sender::locked);
    Answer handshake;
    try {
      handshake =
          WebhookHandshake.byQuery(
              scheme.handshake(), message.getHeader(Exchange.HTTP_QUERY, "", String.class), shared);
    } catch (WebhookRefusedException e) {
      throw locked && e.status() == 401 ? locked(e.field()) : e;
    }
    if (handshake != null) {
      exchange.setProperty(WebhookAnswer.CHALLENGE, handshake);
      return;
    }
    if (message.getHeader(Exchange.HTTP_METHOD, "POST", String.class).equals("GET")) {
      throw new WebhookRefusedException(405, "/method", "expected POST");
    }
    byte[] body = body(message);
    Instant now = clock.instant();
    UnaryOperator<String> headers = name -> header(message, request, name);
    try {
      SignatureCheck.require(scheme, shared, headers, body, now);
    } catch (SignatureException e) {
      throw locked && e.isOfAnotherSecret()
          ? locked("/" + e.header())
          : new WebhookRefusedException(401, "/" + e.header(), e.detail());
    }
    String challenge = scheme.challenge().isEmpty() ? null : challenge(scheme, body);
    if (challenge != null) {
      exchange.setProperty(
          WebhookAnswer.CHALLENGE, WebhookHandshake.byBody(scheme.handshake(), challenge, shared));
    } else if (scheme.isTimed()) {
      once(
          exchange,
          scheme,
          new Proof(
              tenant,
              oem,
              Repetition.digest(scheme, headers, body),
              Repetition.until(scheme, headers, now)));
    }
    message.removeHeaders("*");
    WebhookListeners.of(exchange, tenant);
    message.setHeader(TelemetryHeaders.SOURCE, "webhook:" + oem);
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(now.toEpochMilli()));
    exchange.setProperty(ConnectorParts.PARTS, new CopyOnWriteArrayList<PartMessage>());
    message.setBody(body);
  }

  /** Those who may send from where this call comes from. */
  private List<Sender> admitted(
      WebhookScheme scheme, String tenant, String oem, @Nullable HttpServletRequest request) {
    List<Sender> all = secrets.senders(tenant, oem);
    boolean anywhere =
        scheme.kind() != Kind.IP_LIST
            && scheme.addresses().isEmpty()
            && all.stream().allMatch(sender -> sender.addresses().isEmpty());
    if (anywhere) {
      return all;
    }
    String address = request == null ? "" : client.address(request);
    List<Sender> here =
        all.stream()
            .filter(
                sender ->
                    sender.addresses().isEmpty()
                        ? scheme.addresses().isEmpty() && scheme.kind() != Kind.IP_LIST
                            || scheme.addresses().holds(address)
                        : sender.addresses().holds(address))
            .toList();
    if (here.isEmpty()) {
      throw new WebhookRefusedException(
          403, "/address", "nobody sends from " + address + " to this tenant");
    }
    if (scheme.kind() == Kind.IP_LIST && here.stream().allMatch(Sender::locked)) {
      throw locked("/address");
    }
    return here;
  }

  private static WebhookRefusedException locked(String field) {
    return new WebhookRefusedException(
        503, field, "the hub cannot open the secret of a connection now; send it again");
  }

  /** A message that was taken once, and for how long it would be again. */
  record Proof(String tenant, String oem, byte[] digest, Instant until) {}

  /** The same message is taken once, also when it comes twice at the same moment. */
  private void once(Exchange exchange, WebhookScheme scheme, Proof proof) {
    String name =
        proof.tenant() + "/" + proof.oem() + "/" + HexFormat.of().formatHex(proof.digest());
    // Marked before it is looked up: a first delivery may finish in between.
    boolean first = underWay.add(name);
    if (first) {
      exchange
          .getExchangeExtension()
          .addOnCompletion(
              new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                  underWay.remove(name);
                }
              });
    }
    if (proofs.knows(proof.tenant(), proof.oem(), proof.digest())) {
      exchange.setProperty(WebhookAnswer.REPEATED, true);
      return;
    }
    if (!first) {
      // Not 409: a sender that gives up would lose it if the first delivery fails.
      throw new WebhookRefusedException(
          503, "/" + scheme.header(), "the same message is being stored right now; send it again");
    }
    exchange.setProperty(WebhookAnswer.PROOF, proof);
  }

  /** What a handshake wants to hear, or null: the call is then no handshake. */
  private static @Nullable String challenge(WebhookScheme scheme, byte[] body) {
    try {
      return new JsonPayload().text(body, scheme.challenge());
    } catch (UnusableMessageException e) {
      return null;
    }
  }

  private String header(Message message, @Nullable HttpServletRequest request, String name) {
    return name.equals(WebhookScheme.CERTIFICATE)
        ? request == null ? "" : client.certificate(request)
        : header(message, name);
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
