package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A type of devices as its author describes it.
 *
 * @param schema JSON Schema of a whole message, or null
 * @param mapping name of a mapping, or null
 * @param jsonata an expression of the type's own, or null
 * @param fields a field table of the type's own in YAML or JSON, or null
 * @param demultiplexing how a message is split; null when it is not
 * @param chunking how a message is put together; null when it comes in one
 * @param limits what is expected of metrics of devices of this type, by the names that {@code PATCH
 *     /metrics/{key}} takes
 * @param defaults fields of a device of this type that are not given when it is registered
 */
public record DeviceType(
    String name,
    String description,
    ProcessingMode mode,
    @Nullable JsonNode schema,
    @Nullable String mapping,
    @Nullable String jsonata,
    @Nullable String fields,
    @Nullable Demultiplexing demultiplexing,
    @Nullable Chunking chunking,
    Map<String, Map<String, Object>> limits,
    Map<String, String> defaults) {

  /** Whether it brings a mapping along instead of naming one. */
  public boolean hasOwnMapping() {
    return jsonata != null || fields != null;
  }
}
