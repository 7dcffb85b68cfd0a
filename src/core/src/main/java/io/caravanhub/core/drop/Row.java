package io.caravanhub.core.drop;

import org.jspecify.annotations.Nullable;

/**
 * One row of a file.
 *
 * @param line where it ends, of JSON where it begins; the first is 1
 * @param payload a JSON object, or what is there instead
 * @param problem why it cannot be read, or null
 */
public record Row(long line, byte[] payload, @Nullable String problem) {}
