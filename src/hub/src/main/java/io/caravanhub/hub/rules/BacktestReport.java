package io.caravanhub.hub.rules;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a draft rule would have done; the component names are its JSON names.
 *
 * @param devices how many devices it was run for
 * @param readings how many readings it was shown
 * @param millis what that took
 * @param events what it would have raised, oldest first
 * @param real the events and jobs of the rule or its family that there were in that time
 * @param agreed how many of the draft's events were there really
 * @param missed how many of the real ones the draft would not have raised
 * @param notes what the result does not say
 */
public record BacktestReport(
    String rule,
    Instant from,
    Instant to,
    int devices,
    long readings,
    long millis,
    List<Would> events,
    List<Was> real,
    int agreed,
    int missed,
    List<String> notes) {

  /** An event of the draft; {@code cleared} is null when it would be open still. */
  public record Would(
      String device,
      String serial,
      String type,
      String severity,
      Instant opened,
      Instant noticed,
      @Nullable Instant cleared,
      @Nullable Double value,
      @Nullable Double threshold,
      String message,
      @Nullable String realEvent) {}

  /** An event there was, with its job if it led to one, and whether the draft has it too. */
  public record Was(
      String id,
      String serial,
      String rule,
      String status,
      Instant opened,
      @Nullable Instant resolved,
      @Nullable String job,
      @Nullable String jobState,
      boolean foreseen) {}
}
