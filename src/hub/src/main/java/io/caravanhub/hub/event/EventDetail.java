package io.caravanhub.hub.event;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All there is to know of an event. In JSON the event's own fields come first, on the same level.
 *
 * @param allowed what it can be told in its state
 * @param problem its group, or null for one that is nobody's problem
 * @param parent what stands for it
 * @param children the first hundred events that it stands for
 * @param childCount how many there are
 * @param series what its metrics were around it
 * @param timeline who changed it, oldest first
 * @param actions what was planned for it, or joined
 */
public record EventDetail(
    @JsonUnwrapped EventView event,
    List<String> allowed,
    @Nullable Group problem,
    @Nullable Relative parent,
    List<Relative> children,
    long childCount,
    List<Series> series,
    List<Change> timeline,
    List<Job> actions) {

  /** The problem with the other events in it, newest first, a hundred at most. */
  public record Group(
      UUID id,
      String asset,
      String family,
      Instant windowStart,
      @Nullable Instant closedAt,
      @Nullable UUID recurrenceOf,
      int eventCount,
      List<Relative> events) {}

  /** Another event in few words. */
  public record Relative(
      UUID id,
      String serial,
      String rule,
      String severity,
      String status,
      boolean active,
      String message,
      Instant openedAt) {}

  /**
   * What a metric of the device was.
   *
   * @param points {@code [[time, value], …]} in the order of time
   * @param whole whether it will not grow any more
   */
  public record Series(
      String metric,
      @Nullable String unit,
      Instant from,
      @Nullable Instant to,
      boolean whole,
      @JsonRawValue String points) {}

  /** A line of the timeline. */
  public record Change(
      Instant at,
      String actor,
      String change,
      @Nullable String from,
      String to,
      boolean active,
      @Nullable String note) {}

  /** An action that looks after the event. */
  public record Job(
      UUID id,
      String kind,
      String state,
      String externalIdentifier,
      @Nullable String fsmId,
      boolean joined,
      Instant createdAt) {}
}
