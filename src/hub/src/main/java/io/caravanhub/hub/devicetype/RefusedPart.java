package io.caravanhub.hub.devicetype;

import org.jspecify.annotations.Nullable;

/**
 * A part that cannot be used, and why.
 *
 * @param field within the message
 * @param mapping name of the mapping that was applied, or null when it did not come to that
 */
record RefusedPart(Object body, String field, String reason, @Nullable String mapping) {}
