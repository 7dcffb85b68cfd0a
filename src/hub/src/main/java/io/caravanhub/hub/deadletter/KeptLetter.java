package io.caravanhub.hub.deadletter;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter that has just been committed.
 *
 * @param device the device as its sender named it
 * @param field what of the message is at fault, when one field is
 * @param headers what it travelled with
 */
public record KeptLetter(
    String tenant,
    @Nullable String device,
    String source,
    @Nullable String field,
    String reason,
    byte[] payload,
    Map<String, String> headers) {}
