package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.mapping.MappingTrial;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.hub.telemetry.TrialReader;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One trial of a mapping: payload in, measurements out, nothing stored.
 *
 * @param source the mapping
 * @param payload as the device would send it
 * @param format how the payload is written, null for JSON
 * @param tenant whose metrics and limits count
 * @param device what {@code $device} is
 */
public record Trial(
    MappingSource source,
    byte[] payload,
    @Nullable PayloadFormat format,
    String tenant,
    String device) {

  /**
   * Runs it.
   *
   * @throws MappingException when the mapping does not compile
   */
  public TrialView run(TrialReader reader) {
    return run(reader, Mapping.compile(source), Instant.now());
  }

  /** Runs it, the mapping being compiled already, as if the payload had been received then. */
  TrialView run(TrialReader reader, Mapping compiled, Instant received) {
    MappingTrial trial =
        MappingTrial.run(
            compiled,
            payload,
            format,
            Map.of("device", device, "tenant", tenant, "received", received.toEpochMilli()),
            MappingBounds.DEFAULT);
    MappingException failure = trial.failure();
    if (failure != null || trial.result() == null) {
      return new TrialView(
          trial.output(),
          List.of(),
          failure == null ? List.of() : List.of(refusal(failure)),
          trial.unmatched(),
          trial.micros());
    }
    TrialReader.Read read = reader.read(trial.result(), tenant, received);
    return new TrialView(
        trial.output(),
        read.measurements().stream().map(TrialView.Line::of).toList(),
        read.refusals(),
        trial.unmatched(),
        trial.micros());
  }

  private static Refusal refusal(MappingException e) {
    String field = e.field();
    return new Refusal(field == null ? "mapping" : field, placed(e));
  }

  /** The reason with line and column, where they are known. */
  static String placed(MappingException e) {
    return e.line() == 0
        ? e.reason()
        : "line "
            + e.line()
            + (e.column() == 0 ? "" : ", column " + e.column())
            + ": "
            + e.reason();
  }
}
