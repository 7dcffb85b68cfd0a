package io.caravanhub.core.stream;

/**
 * A message as it came.
 *
 * @param topic empty for a WebSocket
 * @param retained whether a broker had kept it from before
 * @param done to be called once it is committed; whoever sent it is told then, if that is possible
 */
public record Received(String topic, byte[] payload, boolean retained, Runnable done) {}
