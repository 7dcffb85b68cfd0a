package io.caravanhub.hub.registry;

/**
 * What is known of a device, or the asset it is linked with, is changed by the transaction in
 * force. Published to this hub's own parts; other hubs hear of it from the database.
 *
 * @param device the hub's id of it
 */
public record DeviceChange(String tenant, String device) {}
