package io.caravanhub.core.bacnet;

import java.nio.ByteBuffer;

/** An application layer message (clause 20.1). */
sealed interface Apdu {

  /**
   * Clause 20.1.2.
   *
   * @param maxSegments and maxApdu coded as there; of the asker
   * @param segmented whether it is one of several segments, which this client never sends
   */
  record ConfirmedRequest(
      boolean segmented, int maxSegments, int maxApdu, int invokeId, int service, byte[] content)
      implements Apdu {}

  /** Clause 20.1.3. */
  record UnconfirmedRequest(int service, byte[] content) implements Apdu {}

  /** Clause 20.1.4. */
  record SimpleAck(int invokeId, int service) implements Apdu {}

  /** Clause 20.1.5. */
  record ComplexAck(
      boolean segmented,
      boolean moreFollows,
      int invokeId,
      int sequence,
      int window,
      int service,
      byte[] content)
      implements Apdu {}

  /** Clause 20.1.6. */
  record SegmentAck(boolean negative, boolean server, int invokeId, int sequence, int window)
      implements Apdu {}

  /** Clause 20.1.7. */
  record Failure(int invokeId, int service, byte[] content) implements Apdu {}

  /** Clause 20.1.8. */
  record Reject(int invokeId, int reason) implements Apdu {}

  /** Clause 20.1.9. */
  record Abort(boolean server, int invokeId, int reason) implements Apdu {}

  default byte[] encode() {
    if (this instanceof ConfirmedRequest request) {
      return with(
          request.content(),
          request.maxSegments() == 0 ? 0x00 : 0x02,
          request.maxSegments() << 4 | request.maxApdu(),
          request.invokeId(),
          request.service());
    }
    if (this instanceof UnconfirmedRequest request) {
      return with(request.content(), 0x10, request.service());
    }
    if (this instanceof SimpleAck ack) {
      return with(new byte[0], 0x20, ack.invokeId(), ack.service());
    }
    if (this instanceof ComplexAck ack) {
      return ack.segmented()
          ? with(
              ack.content(),
              0x38 | (ack.moreFollows() ? 0x04 : 0),
              ack.invokeId(),
              ack.sequence(),
              ack.window(),
              ack.service())
          : with(ack.content(), 0x30, ack.invokeId(), ack.service());
    }
    if (this instanceof SegmentAck ack) {
      return with(
          new byte[0],
          0x40 | (ack.negative() ? 2 : 0) | (ack.server() ? 1 : 0),
          ack.invokeId(),
          ack.sequence(),
          ack.window());
    }
    if (this instanceof Failure failure) {
      return with(failure.content(), 0x50, failure.invokeId(), failure.service());
    }
    if (this instanceof Reject reject) {
      return with(new byte[0], 0x60, reject.invokeId(), reject.reason());
    }
    Abort abort = (Abort) this;
    return with(new byte[0], 0x70 | (abort.server() ? 1 : 0), abort.invokeId(), abort.reason());
  }

  static Apdu decode(byte[] apdu) {
    ByteBuffer in = ByteBuffer.wrap(apdu);
    int first = next(in);
    boolean segmented = (first & 0x08) != 0;
    return switch (first >> 4) {
      case 0 -> {
        int sizes = next(in);
        int invokeId = next(in);
        if (segmented) {
          next(in);
          next(in);
        }
        yield new ConfirmedRequest(
            segmented, sizes >> 4 & 7, sizes & 15, invokeId, next(in), rest(in));
      }
      case 1 -> new UnconfirmedRequest(next(in), rest(in));
      case 2 -> new SimpleAck(next(in), next(in));
      case 3 -> {
        int invokeId = next(in);
        int sequence = segmented ? next(in) : 0;
        int window = segmented ? next(in) : 0;
        yield new ComplexAck(
            segmented, (first & 4) != 0, invokeId, sequence, window, next(in), rest(in));
      }
      case 4 -> new SegmentAck((first & 2) != 0, (first & 1) != 0, next(in), next(in), next(in));
      case 5 -> new Failure(next(in), next(in), rest(in));
      case 6 -> new Reject(next(in), next(in));
      case 7 -> new Abort((first & 1) != 0, next(in), next(in));
      default -> throw new BacnetFormatException("there is no PDU type " + (first >> 4));
    };
  }

  private static byte[] with(byte[] content, int... header) {
    ByteBuffer out = ByteBuffer.allocate(header.length + content.length);
    for (int octet : header) {
      out.put((byte) octet);
    }
    return out.put(content).array();
  }

  private static int next(ByteBuffer in) {
    if (!in.hasRemaining()) {
      throw new BacnetFormatException("the application layer's header is cut short");
    }
    return in.get() & 0xFF;
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return rest;
  }
}
