package io.caravanhub.core.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call.
 *
 * @param outcome what it means
 * @param status HTTP status, 0 when no answer came
 * @param body as JSON; a missing node when there was none or it is no JSON
 * @param reason in a line, for people; empty after a success
 * @param pause how long the product asks to be left alone, or null
 * @param id of what was made; empty when it does not tell
 * @param orders in it; empty optional when it holds no list of orders at all
 */
public record FsmAnswer(
    Outcome outcome,
    int status,
    JsonNode body,
    String reason,
    @Nullable Duration pause,
    String id,
    Optional<List<FsmOrder>> orders) {

  /** What an answer, or its absence, means. */
  public enum Outcome {
    /** It was done. */
    DONE,
    /** It had been done before. */
    EXISTS,
    /** It is refused, and would be again. */
    REJECTED,
    /** Nothing was done; it may be sent again after a while. */
    BUSY,
    /** The credentials are refused; nothing was done. */
    REFUSED,
    /** Nothing arrived, because there was no connection. */
    UNREACHED,
    /** It may have been done, or not. */
    UNSURE
  }

  /** Whether it was done. */
  public boolean success() {
    return outcome == Outcome.DONE;
  }

  /** Whether it tells of the product's own trouble, which a breaker counts. */
  public boolean isTrouble() {
    return outcome == Outcome.UNSURE || outcome == Outcome.UNREACHED || status == 503;
  }

  /** The order with the hub's identifier. */
  public Optional<FsmOrder> external(String externalIdentifier) {
    return orders.stream()
        .flatMap(List::stream)
        .filter(o -> o.externalIdentifier().equals(externalIdentifier))
        .findFirst();
  }

  /** The order with the product's id. */
  public Optional<FsmOrder> order(String id) {
    return orders.stream().flatMap(List::stream).filter(o -> o.id().equals(id)).findFirst();
  }
}
