package io.caravanhub.hub.devicetype;

import java.time.Duration;

/**
 * How a message is put together from chunks.
 *
 * @param correlationId where in a chunk the id is that all chunks of a message have
 * @param sequence where its number is
 * @param total where the number of chunks is
 * @param data where its share of the message is: names with dots between
 * @param first number of the first chunk, 0 or 1
 * @param merge how the shares are joined
 * @param timeout how long after the last chunk that was new a message is given up
 * @param maxChunks chunks that a message may have
 * @param maxBytes bytes that its chunks may have together
 */
public record Chunking(
    String correlationId,
    String sequence,
    String total,
    String data,
    int first,
    Merge merge,
    Duration timeout,
    int maxChunks,
    long maxBytes) {

  /** How shares become one. */
  public enum Merge {
    /** Arrays, one after the other, in the object that the first chunk is. */
    ARRAY,
    /** Pieces of a text that is the message in JSON. */
    TEXT,
    /** Pieces of bytes that are the message in JSON, each in base64. */
    BASE64
  }
}
