package io.caravanhub.hub.sparkplug;

import org.jspecify.annotations.Nullable;

/**
 * What one Sparkplug message comes to for one device: a message in canonical JSON, or what is wrong
 * with a part of it.
 *
 * @param device the device's serial
 * @param source {@code sparkplug}, or {@code sparkplug-status} for births and deaths
 * @param json canonical JSON; the payload as it came when field is set
 * @param field what cannot be used, or null
 * @param reason why it cannot
 */
record SparkplugPart(
    String device, String source, byte[] json, @Nullable String field, String reason) {}
