package io.caravanhub.hub.asset;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A definition as the API shows it.
 *
 * @param kind type or asset
 * @param name of the asset type, or id of the asset
 * @param author who changed it last
 * @param assets how many assets it is of
 */
record DefinitionView(
    String kind,
    String name,
    int version,
    JsonNode definition,
    String author,
    @JsonProperty("updated_at") String updatedAt,
    int assets) {

  /** The entity tag of this state. */
  String tag() {
    return "\"" + version + "\"";
  }
}
