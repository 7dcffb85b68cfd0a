package io.caravanhub.hub.rules;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** A tenant's own rule as the API shows it; the component names are its JSON names. */
public record RuleView(
    String id,
    int version,
    boolean enabled,
    JsonNode definition,
    String source,
    String author,
    Instant createdAt,
    Instant updatedAt) {

  /** Its entity tag. */
  @JsonIgnore
  public String tag() {
    return "\"" + version + "\"";
  }
}
