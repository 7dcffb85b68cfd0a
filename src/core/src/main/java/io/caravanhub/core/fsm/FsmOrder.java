package io.caravanhub.core.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * An order as the adapter's mapping of answers yields it.
 *
 * @param id the product's own
 * @param externalIdentifier the hub's, empty when it is none of the hub's
 * @param status the product's word
 * @param priority 1 (now) to 5, 0 when unknown
 * @param text what can be read in it, in which the hub finds what it has appended
 * @param json all that the mapping yielded
 */
public record FsmOrder(
    String id,
    String externalIdentifier,
    String status,
    int priority,
    String text,
    Optional<Instant> updatedAt,
    JsonNode json) {

  static FsmOrder of(JsonNode json) {
    return new FsmOrder(
        json.path("id").asText(""),
        json.path("externalIdentifier").asText(""),
        json.path("status").asText(""),
        json.path("priority").asInt(0),
        json.path("text").asText(""),
        instant(json.path("updatedAt").asText("")),
        json);
  }

  private static Optional<Instant> instant(String text) {
    try {
      // One without a zone is taken for UTC, as databases that keep none mean it.
      String iso = text.replace(' ', 'T');
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(
              iso.matches("[^T]+T[0-9:.]+")
                  ? LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC)
                  : OffsetDateTime.parse(iso).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
