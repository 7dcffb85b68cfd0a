package io.caravanhub.hub.console;

import io.caravanhub.hub.connector.ConnectorFacts;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A connector in the catalogue.
 *
 * @param kind {@code poll} or {@code webhook}
 * @param auth how the hub says who it is, as {@code cloud.yaml} has it, or the scheme of signatures
 * @param every how often it asks, or empty
 * @param problem why it cannot be used, or null
 * @param connections how many the tenant has
 */
public record ConnectorCard(
    String name,
    String title,
    String description,
    String provider,
    String kind,
    String auth,
    String every,
    ConnectorFacts facts,
    @Nullable String problem,
    long connections) {

  /** The first metrics, for a line of text. */
  public List<String> someMetrics() {
    return facts.metrics().stream().limit(6).toList();
  }

  boolean has(String part) {
    return (name + " " + title + " " + provider + " " + description + " " + facts.metrics())
        .toLowerCase(Locale.ROOT)
        .contains(part.strip().toLowerCase(Locale.ROOT));
  }
}
