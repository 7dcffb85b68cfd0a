package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/** A tenant's own policy or book as the API shows it; the component names are its JSON names. */
public record PolicyView(
    String id,
    int version,
    boolean enabled,
    JsonNode definition,
    String author,
    Instant updatedAt) {

  /** Its entity tag. */
  @JsonIgnore
  public String tag() {
    return "\"" + version + "\"";
  }
}
