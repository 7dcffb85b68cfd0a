package io.caravanhub.core.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message as it came.
 *
 * @param topic empty for a WebSocket, {@code file/line} for a row of a file
 * @param retained whether a broker had kept it from before
 * @param at when it came; for a row the file's time
 * @param done to be called once it is committed; whoever sent it is told then, if that is possible
 * @param place of a row in its file, or null
 */
public record Received(
    String topic,
    byte[] payload,
    boolean retained,
    Instant at,
    Runnable done,
    @Nullable FilePlace place) {

  /** A message that stands in no file. */
  public Received(String topic, byte[] payload, boolean retained, Instant at, Runnable done) {
    this(topic, payload, retained, at, done, null);
  }
}
