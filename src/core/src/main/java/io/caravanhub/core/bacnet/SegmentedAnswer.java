package io.caravanhub.core.bacnet;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A ComplexACK that arrives in segments (clause 5.4.4.3, SEGMENTED_CONF): what has come so far and
 * what is to be acknowledged. Bounded by {@link #MOST_SEGMENTS}. Not for several threads.
 */
final class SegmentedAnswer {
  /** What requests say this client accepts (clause 20.1.2.4). */
  static final int MOST_SEGMENTS = 64;

  private static final int WINDOW = 16;

  private final int invokeId;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private int window = 1;
  private int segments;
  private int acknowledged = -1;
  private boolean complete;

  SegmentedAnswer(int invokeId) {
    this.invokeId = invokeId;
  }

  /** Whether the last segment has come. */
  boolean complete() {
    return complete;
  }

  byte[] content() {
    return content.toByteArray();
  }

  /**
   * Takes a segment.
   *
   * @return what the device is to be told, or null when it is to go on
   * @throws BacnetFormatException when there are more segments than were agreed on
   */
  @Nullable Apdu accept(Apdu.ComplexAck segment) {
    int last = segments - 1;
    if (segment.sequence() != (segments & 0xFF)) {
      if (segments == 0) {
        throw new BacnetFormatException("the first segment is missing");
      }
      int behind = (last - segment.sequence()) & 0xFF;
      acknowledged = last;
      return ack(behind > window, last);
    }
    if (segments == MOST_SEGMENTS) {
      throw new BacnetFormatException("more than " + MOST_SEGMENTS + " segments");
    }
    content.writeBytes(segment.content());
    segments++;
    complete = !segment.moreFollows();
    window = Math.max(1, Math.min(WINDOW, segment.window()));
    boolean windowEnds = segments == 1 || segments - 1 - acknowledged >= window;
    if (complete || windowEnds) {
      acknowledged = segments - 1;
      return ack(false, acknowledged);
    }
    return null;
  }

  private Apdu ack(boolean negative, int sequence) {
    return new Apdu.SegmentAck(negative, false, invokeId, sequence & 0xFF, window);
  }
}
