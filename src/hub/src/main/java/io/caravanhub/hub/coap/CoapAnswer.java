package io.caravanhub.hub.coap;

import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one response to a request. A commit that takes longer than the sender waits before it repeats
 * itself (RFC 7252, 4.8: 2 s) is announced by an empty acknowledgement, and the response follows.
 * Thread-safe.
 */
final class CoapAnswer {
  private static final Logger LOG = LoggerFactory.getLogger(CoapAnswer.class);
  private static final long PATIENCE_MILLIS = 1_000;
  private static final Duration AWAY = Duration.ofSeconds(5);

  private final CoapExchange request;
  private boolean answered;

  CoapAnswer(CoapExchange request) {
    this.request = request;
  }

  void mayTakeLong() {
    CompletableFuture.delayedExecutor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .execute(this::acknowledge);
  }

  private synchronized void acknowledge() {
    if (!answered) {
      request.accept();
    }
  }

  void stored() {
    respond(ResponseCode.CHANGED, "");
  }

  /**
   * 4.xx when sending it again would not help, else 4.29 or 5.03 with Max-Age as the time to wait.
   */
  void failed(Throwable failure) {
    if (failure instanceof CoapRefusal refusal) {
      respond(refusal.code(), String.valueOf(refusal.getMessage()));
    } else if (failure instanceof UnusableMessageException || failure instanceof MappingException) {
      respond(ResponseCode.BAD_REQUEST, String.valueOf(failure.getMessage()));
    } else if (failure instanceof ProblemException p && p.retryAfter() != null) {
      wait(ResponseCode.TOO_MANY_REQUESTS, p.retryAfter(), String.valueOf(p.getMessage()));
    } else {
      LOG.debug("A CoAP message is not stored: {}", failure.toString());
      wait(ResponseCode.SERVICE_UNAVAILABLE, AWAY, "not stored now; send it again");
    }
  }

  private synchronized void wait(ResponseCode code, Duration time, String detail) {
    if (!answered) {
      request.setMaxAge(time.toSeconds());
      respond(code, detail);
    }
  }

  private synchronized void respond(ResponseCode code, String detail) {
    if (!answered) {
      answered = true;
      request.respond(code, detail);
    }
  }
}
