package io.caravanhub.hub.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Which raw messages are meant.
 *
 * @param from received at this moment or later, ISO 8601
 * @param to received before this moment
 * @param device the hub's id of the device, or null for all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RawFilter(String from, String to, @Nullable String device) {}
