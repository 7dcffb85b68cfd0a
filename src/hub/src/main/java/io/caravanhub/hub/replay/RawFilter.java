package io.caravanhub.hub.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Which raw messages are meant, and what is to be done with them.
 *
 * @param from received at this moment or later, ISO 8601
 * @param to received before this moment
 * @param device the hub's id of the device, or null for all
 * @param mapping only messages that this mapping maps today, or null for all
 * @param version of that mapping in place of the one in force: its number, or draft; null else
 * @param dryRun whether the difference is only to be told
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RawFilter(
    String from,
    String to,
    @Nullable String device,
    @Nullable String mapping,
    @Nullable String version,
    @JsonProperty("dry_run") @Nullable Boolean dryRun) {

  boolean looksOnly() {
    return Boolean.TRUE.equals(dryRun);
  }
}
