package io.caravanhub.hub.asset;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A link between a device and an asset, past or present, as the API shows it.
 *
 * @param metrics names that the device's metrics have on the asset; null keeps one from it
 * @param from when it began, or null when it always was
 * @param to when it ended, or null when it lasts
 * @param linkedAt when it was entered
 * @param linkedBy who entered it
 */
record LinkView(
    String id,
    String device,
    @JsonProperty("device_serial") String serial,
    String asset,
    String role,
    @Nullable String port,
    Map<String, @Nullable String> metrics,
    @Nullable String from,
    @Nullable String to,
    @JsonProperty("linked_at") String linkedAt,
    @JsonProperty("linked_by") String linkedBy) {}
