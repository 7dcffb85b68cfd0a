package io.caravanhub.hub.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.caravanhub.hub.problem.ProblemDocument;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the OEM cloud hears: 202 once all of its message is committed, in the store or in the dead
 * letters; otherwise an RFC 9457 problem. Thread-safe.
 */
public final class WebhookAnswer {
  /** Exchange property: what a handshake wants to hear. */
  static final String CHALLENGE = "hub-challenge";

  /** Exchange property: the message was taken before. */
  static final String REPEATED = "hub-repeated";

  /** Exchange property: what is remembered of the message once it is committed. */
  static final String PROOF = "hub-proof";

  private static final Logger LOG = LoggerFactory.getLogger(WebhookAnswer.class);

  private final WebhookProofs proofs;
  private final MeterRegistry meters;

  public WebhookAnswer(WebhookProofs proofs, MeterRegistry meters) {
    this.proofs = proofs;
    this.meters = meters;
  }

  /** 202 without a body; the message is remembered while its signature is good. */
  public void accepted(Exchange exchange) {
    if (exchange.getProperty(PROOF) instanceof WebhookSignature.Proof proof) {
      try {
        proofs.keep(proof.tenant(), proof.oem(), proof.digest(), proof.until());
      } catch (RuntimeException e) {
        // It is committed. Whoever sent it again now would have it stored as new.
        LOG.warn("a webhook of {} is not remembered: {}", proof.oem(), e.toString());
      }
    }
    Message message = clean(exchange);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
    message.setBody(null);
    count(exchange, 202);
  }

  /** 200 with what a handshake wants to hear. */
  public void challenged(Exchange exchange) {
    WebhookHandshake.Answer answer = exchange.getProperty(CHALLENGE, WebhookHandshake.Answer.class);
    Message message = clean(exchange);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    message.setHeader(Exchange.CONTENT_TYPE, answer.type());
    message.setBody(answer.body().getBytes(StandardCharsets.UTF_8));
    count(exchange, 200);
  }

  /** The status of the {@link WebhookRefusedException}. */
  public void refused(Exchange exchange) throws JsonProcessingException {
    WebhookRefusedException cause =
        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, WebhookRefusedException.class);
    problem(exchange, cause.status(), cause.field(), cause.detail());
  }

  /** 503: not committed, the same message is welcome again. */
  public void tryAgain(Exchange exchange) throws JsonProcessingException {
    problem(exchange, 503, "/", "the message could not be stored now; send it again");
  }

  private void problem(Exchange exchange, int status, String field, String detail)
      throws JsonProcessingException {
    Message message = clean(exchange);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    message.setHeader(Exchange.CONTENT_TYPE, ProblemDocument.TYPE);
    if (status == 503) {
      message.setHeader("Retry-After", "5");
    }
    message.setBody(ProblemDocument.bytes(ProblemDocument.of(status, detail, field)));
    count(exchange, status);
  }

  private static Message clean(Exchange exchange) {
    exchange.getMessage().removeHeaders("*");
    return exchange.getMessage();
  }

  private void count(Exchange exchange, int status) {
    String oem = exchange.getProperty(WebhookSignature.OEM, "unknown", String.class);
    meters.counter("hub.webhooks", "oem", oem, "status", Integer.toString(status)).increment();
  }
}
