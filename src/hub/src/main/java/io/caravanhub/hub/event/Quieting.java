package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.Severity;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What keeps an event from being acted on: a shelf, flapping, a silent gateway, a storm. Such an
 * event is recorded all the same, and acted on when the reason has gone and it is active still.
 * Thread-safe.
 */
final class Quieting {
  private final Shelf shelf;
  private final Returns returns;
  private final Upstreams upstreams;
  private final Storms storms;
  private final StoredDetections stored;

  Quieting(JdbcClient jdbc, Returns returns, EventLimits limits) {
    this.shelf = new Shelf(jdbc);
    this.returns = returns;
    this.upstreams = new Upstreams(jdbc);
    this.storms = new Storms(jdbc, limits);
    this.stored = new StoredDetections(jdbc);
  }

  /**
   * What is to be done with a new event.
   *
   * @param quiet whether nothing is to be planned for it
   * @param fallen what was found silent with it, whose event is to be raised
   * @param storms events of storms that have begun with it
   */
  record Verdict(boolean quiet, List<Detection> fallen, List<UUID> storms) {
    static final Verdict HEEDED = new Verdict(false, List.of(), List.of());
    static final Verdict QUIET = new Verdict(true, List.of(), List.of());
  }

  /** Within the transaction of the event. */
  Verdict judge(UUID event, Detection detection) {
    if (detection.rule().id().equals(Upstreams.RULE)) {
      return Verdict.HEEDED;
    }
    if (shelf.takes(event, detection) || returns.flaps(event, detection)) {
      return Verdict.QUIET;
    }
    if (Upstreams.isSilence(detection)) {
      Upstreams.Heard heard = upstreams.take(event, detection);
      if (heard.quiet()) {
        return new Verdict(true, heard.fallen().stream().toList(), List.of());
      }
    }
    Storms.Caught caught = storms.take(event, detection);
    return new Verdict(caught.quiet(), List.of(), caught.begun().stream().toList());
  }

  /** Whether something else keeps an event quiet, now that the reason it had is gone. */
  boolean joins(UUID event, Detection detection) {
    return upstreams.joins(event, detection) || storms.joins(event, detection);
  }

  /** Whether an event that became worse is to be acted on now. */
  boolean heeds(EventWrites.Worse worse, Detection detection) {
    boolean critical = detection.rule().outcome().severity() == Severity.CRITICAL;
    return worse.suppressed().isEmpty() || worse.suppressed().equals("storm") && critical;
  }

  /** The event stands for those of all that speak through the same. */
  void adopt(UUID parent, Detection child) {
    upstreams.adopt(parent, UUID.fromString(child.device().id()));
  }

  /** The event has cleared. */
  void cleared(UUID event) {
    upstreams.clearedWith(event);
  }

  Optional<Detection> stored(UUID event) {
    return stored.of(event);
  }
}
