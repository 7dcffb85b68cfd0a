package io.caravanhub.hub.mapping;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Counts of messages by mapping, over all tenants: {@code hub_mapping_messages_total{mapping,
 * result}}. Mappings after the first five hundred that were used count together as {@code other},
 * for each is four series. Thread-safe.
 */
@Component
public class MappingMeters {
  private static final int MOST = 500;
  private static final String OTHER = "other";

  private final MeterRegistry meters;
  private final Map<String, Counts> names = new ConcurrentHashMap<>();

  public MappingMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /**
   * Of one mapping.
   *
   * @param matched the mapping yielded something
   * @param refused of these, what was yielded could not be read as telemetry
   * @param unmatched the payload held nothing that the mapping looks for
   * @param failed the mapping could not be applied
   */
  record Counts(Counter matched, Counter refused, Counter unmatched, Counter failed) {}

  /** Those of a mapping, to be kept by whoever counts. */
  Counts of(String mapping) {
    Counts known = names.get(mapping);
    if (known != null) {
      return known;
    }
    String name = names.size() < MOST ? mapping : OTHER;
    return names.computeIfAbsent(name, this::counts);
  }

  private Counts counts(String name) {
    return new Counts(
        counter(name, "matched"),
        counter(name, "refused"),
        counter(name, "unmatched"),
        counter(name, "failed"));
  }

  private Counter counter(String name, String result) {
    return meters.counter("hub.mapping.messages", "mapping", name, "result", result);
  }
}
