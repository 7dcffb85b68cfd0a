package io.caravanhub.testkit;

import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.payload.PayloadFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maps one payload as the hub would and tells what comes of it; the hub provides it. */
@FunctionalInterface
public interface PayloadTrial {
  /**
   * What came of it.
   *
   * @param json {@code {output, measurements, rejected, unmatched, micros}}
   * @param lines the same for people
   * @param usable whether nothing was rejected
   */
  record Outcome(String json, List<String> lines, boolean usable) {}

  /**
   * Runs the trial.
   *
   * @param format how the payload is written, null for JSON
   * @throws IllegalArgumentException when the mapping does not compile, saying where
   */
  Outcome run(MappingSource source, byte[] payload, @Nullable PayloadFormat format);
}
