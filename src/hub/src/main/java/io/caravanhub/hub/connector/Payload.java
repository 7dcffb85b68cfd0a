package io.caravanhub.hub.connector;

import java.time.Instant;

/**
 * What a connection received, secrets masked.
 *
 * @param request the request of the connector that it answered, or {@code webhook}
 * @param devices how many devices' shares it holds
 * @param bytes how long it was
 * @param text JSON, cut when it is long
 * @param trial whether it came of a test, and was not stored
 */
public record Payload(
    Instant at, String request, int devices, int bytes, String text, boolean trial) {}
