package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.hub.telemetry.TrialReader;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import io.caravanhub.testkit.PayloadTrial;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Trials for the command line: by the canonical metrics, without a database. Thread-safe. */
public final class OfflineTrial implements PayloadTrial {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Outcome run(MappingSource source, byte[] payload, @Nullable PayloadFormat format) {
    try {
      TrialView view =
          new Trial(source, payload, format, "default", "device").run(TrialReader.offline());
      return new Outcome(
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(view),
          Stream.concat(
                  view.measurements().stream().map(OfflineTrial::line),
                  Stream.concat(
                      view.rejected().stream().map(OfflineTrial::line),
                      view.unmatched().stream().map(field -> "unmatched  " + field)))
              .toList(),
          view.rejected().isEmpty());
    } catch (MappingException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a result cannot be written as JSON", e);
    }
  }

  private static String line(TrialView.Line m) {
    return String.format(
        "%-10s %-28s %s%s  %s%s",
        m.quality(),
        m.metric(),
        m.value(),
        m.unit() == null ? "" : " " + m.unit(),
        m.ts(),
        m.reason() == null ? "" : "  " + m.reason());
  }

  private static String line(Refusal refusal) {
    return "rejected   " + refusal.field() + ": " + refusal.reason();
  }
}
