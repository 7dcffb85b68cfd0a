package io.caravanhub.hub.gateway;

import java.util.Map;

/**
 * A record of a batch that cannot be used.
 *
 * @param device as the gateway named it
 * @param payload what it said, for a replay
 * @param headers what a replay travels with
 */
record BatchLetter(
    String device,
    String source,
    String field,
    String reason,
    byte[] payload,
    Map<String, String> headers) {}
