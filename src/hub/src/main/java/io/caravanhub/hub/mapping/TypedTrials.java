package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.payload.PayloadFormat;
import org.jspecify.annotations.Nullable;

/** Device types as trials of mappings see them; the tenant is that of the caller. */
public interface TypedTrials {
  /** Whether the tenant describes a type of this name. */
  boolean describes(String type);

  /**
   * What the type makes of a payload. Nothing is stored, made or counted.
   *
   * @param mapping what maps the message, or each of its parts, in place of what would; null to
   *     leave it at that
   * @param format how the payload is written, null for JSON
   * @param device serial or id of a device, or any other text as {@code $device}; or null
   * @throws MappingException when the mapping that the type names does not compile
   */
  TrialView run(
      String type,
      @Nullable Mapping mapping,
      byte[] payload,
      @Nullable PayloadFormat format,
      @Nullable String device);
}
