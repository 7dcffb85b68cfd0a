package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingException;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Applies the mappings of connectors that make no telemetry: inventory and faults. Thread-safe. */
@Component
class ConnectorMapping {
  private final MappingCatalog mappings;
  private final ObjectMapper json;

  ConnectorMapping(MappingCatalog mappings, ObjectMapper json) {
    this.mappings = mappings;
    this.json = json;
  }

  /** Whether there is such a mapping. */
  boolean knows(String tenant, String name) {
    return mappings.compiled(tenant, name).isPresent();
  }

  /**
   * What the mapping makes of a part.
   *
   * @throws MappingException when there is no such mapping or it fails
   */
  JsonNode apply(String tenant, String name, Part part) {
    Mapping mapping =
        mappings
            .compiled(tenant, name)
            .orElseThrow(() -> new MappingException(name, "there is no such mapping"));
    Map<String, Object> bindings =
        Map.of("device", part.device(), "tenant", tenant, "received", System.currentTimeMillis());
    return json.valueToTree(
        mapping.apply(
            json.convertValue(part.json(), Object.class), bindings, MappingBounds.DEFAULT));
  }
}
