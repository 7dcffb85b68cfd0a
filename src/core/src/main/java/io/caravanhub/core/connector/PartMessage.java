package io.caravanhub.core.connector;

/**
 * One device's share of a cloud's message, on its way to the channel raw.
 *
 * @param device the device as the cloud names it, empty when the message does not
 * @param mapping the mapping that makes telemetry of it, empty for the one that the device calls
 *     for
 * @param body JSON
 */
public record PartMessage(String device, String mapping, byte[] body) {}
