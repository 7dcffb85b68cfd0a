package io.caravanhub.core.stream;

import java.time.Instant;

/**
 * A message as it came.
 *
 * @param topic empty for a WebSocket
 * @param retained whether a broker had kept it from before
 * @param at when it came
 * @param done to be called once it is committed; whoever sent it is told then, if that is possible
 */
public record Received(String topic, byte[] payload, boolean retained, Instant at, Runnable done) {}
