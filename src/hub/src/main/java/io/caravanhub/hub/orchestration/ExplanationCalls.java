package io.caravanhub.hub.orchestration;

import io.caravanhub.hub.api.ProblemException;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** {@code GET /events/{id}/explanation}. Thread-safe. */
@Component("explanationCalls")
public class ExplanationCalls {
  private final Explanations explanations;

  ExplanationCalls(Explanations explanations) {
    this.explanations = explanations;
  }

  /**
   * What was done about an event, or why not.
   *
   * @param summary of the newest decision
   * @param decisions all of them, newest first
   */
  public record Explained(UUID eventId, String summary, List<Explanations.Decision> decisions) {}

  /** 404 for an event that is not there. */
  public Explained get(@Header("eventId") String event) {
    UUID id;
    try {
      id = UUID.fromString(event);
    } catch (IllegalArgumentException e) {
      throw ProblemException.notFound("event", event);
    }
    List<Explanations.Decision> decisions = explanations.of(id);
    if (decisions.isEmpty()) {
      throw ProblemException.notFound("event", event);
    }
    return new Explained(id, decisions.get(0).summary(), decisions);
  }
}
