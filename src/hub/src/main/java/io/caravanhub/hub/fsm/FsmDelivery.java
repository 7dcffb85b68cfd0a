package io.caravanhub.hub.fsm;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What the answers and failures of the FSM mean for the outbox. Thread-safe. */
@Component("fsmDelivery")
public class FsmDelivery {
  /** The exchange variable that holds the entry under way. */
  public static final String ENTRY = "entry";

  /** The exchange variable that is there once the call may have gone out. */
  static final String CALLING = "calling";

  private static final Logger LOG = LoggerFactory.getLogger(FsmDelivery.class);

  private final Outbox outbox;

  public FsmDelivery(Outbox outbox) {
    this.outbox = outbox;
  }

  /** Inside the breaker: an answer that tells of the FSM's own trouble becomes a failure. */
  public void check(Exchange exchange) throws IOException {
    FsmAnswer answer = FsmAnswer.of(exchange.getMessage());
    if (answer.unavailable()) {
      throw new FsmUnavailableException(answer);
    }
  }

  /** After a call that created something, or was refused. */
  public void sent(Exchange exchange) throws IOException {
    OutboxEntry entry = entry(exchange);
    FsmAnswer answer = FsmAnswer.of(exchange.getMessage());
    if (answer.success()) {
      LOG.info(
          "{} {} accepted by the FSM as {}", entry.kind(), entry.externalIdentifier(), answer.id());
      outbox.accepted(entry, answer.id());
    } else if (answer.busy()) {
      outbox.failed(entry, answer.shown(), answer.retryAfter());
    } else {
      LOG.error(
          "{} {} refused by the FSM: {}", entry.kind(), entry.externalIdentifier(), answer.shown());
      outbox.rejected(entry, answer.shown());
    }
  }

  /** After a look-up. */
  public void lookedUp(Exchange exchange) throws IOException {
    OutboxEntry entry = entry(exchange);
    FsmAnswer answer = FsmAnswer.of(exchange.getMessage());
    Optional<String> found =
        answer.success() ? answer.find(entry.externalIdentifier()) : Optional.empty();
    if (found.isPresent()) {
      LOG.info("{} {} had arrived", entry.kind(), entry.externalIdentifier());
      outbox.accepted(entry, found.get());
    } else if (answer.success() && answer.isList()) {
      outbox.absent(entry);
    } else {
      outbox.unknown(entry, "looked up: " + answer.shown(), null);
    }
  }

  /** After any exception on the way. */
  public void failed(Exchange exchange) {
    OutboxEntry entry = entry(exchange);
    Exception cause = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
    LOG.debug("Attempt {} for {} failed", entry.attempts(), entry.externalIdentifier(), cause);
    String error = cause.getClass().getSimpleName() + ": " + cause.getMessage();
    if (find(cause, CallNotPermittedException.class).isPresent()) {
      outbox.notTried(entry);
    } else if (entry.lookUp()) {
      outbox.unknown(entry, error, null);
    } else if (find(cause, FsmUnavailableException.class).isPresent()) {
      unavailable(entry, find(cause, FsmUnavailableException.class).get());
    } else if (certainlyNotArrived(exchange, cause)) {
      outbox.failed(entry, error, null);
    } else {
      outbox.unknown(entry, error, null);
    }
  }

  /**
   * Only 503 says that nothing was done; behind any other the FSM, or a proxy before it, may have
   * failed after the order was stored.
   */
  private void unavailable(OutboxEntry entry, FsmUnavailableException answer) {
    String error = String.valueOf(answer.getMessage());
    if (answer.status() == 503) {
      outbox.failed(entry, error, answer.retryAfter());
    } else {
      outbox.unknown(entry, error, answer.retryAfter());
    }
  }

  /**
   * Nothing was sent before the call began or without a connection. What fails afterwards, be it
   * the hub's own database when it notes an accepted order, says nothing about the FSM.
   */
  private static boolean certainlyNotArrived(Exchange exchange, Exception cause) {
    return exchange.getVariable(CALLING) == null
        || find(cause, ConnectException.class).isPresent()
        || find(cause, ConnectTimeoutException.class).isPresent()
        || find(cause, UnknownHostException.class).isPresent()
        || find(cause, NoRouteToHostException.class).isPresent();
  }

  private static <T extends Throwable> Optional<T> find(Throwable thrown, Class<T> type) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return Optional.of(type.cast(at));
      }
    }
    return Optional.empty();
  }

  private static OutboxEntry entry(Exchange exchange) {
    OutboxEntry entry = exchange.getVariable(ENTRY, OutboxEntry.class);
    if (entry == null) {
      throw new IllegalStateException("the route has not set the variable " + ENTRY);
    }
    return entry;
  }
}
