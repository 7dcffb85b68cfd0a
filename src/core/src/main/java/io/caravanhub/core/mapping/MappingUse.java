package io.caravanhub.core.mapping;

import org.jspecify.annotations.Nullable;

/**
 * A mapping was applied to a message.
 *
 * @param mapping the version that was applied
 * @param tenant whose message, empty when it names none
 * @param device the device as the message names it, or null
 * @param payload the message's body as it came
 * @param nanos what reading and mapping took
 * @param failure why there is no result, or null
 */
public record MappingUse(
    Mapping mapping,
    String tenant,
    @Nullable String device,
    @Nullable Object payload,
    long nanos,
    @Nullable MappingException failure) {}
