package io.caravanhub.hub.rules;

import org.jspecify.annotations.Nullable;

/**
 * What rules know of a device.
 *
 * @param asset id of the asset it watches now, else null
 */
public record RuleDevice(
    String tenant,
    String id,
    String serial,
    String type,
    String manufacturer,
    String model,
    @Nullable String asset) {}
