package io.caravanhub.hub.gateway;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPInputStream;

/** A batch's bytes, unpacked when they are gzip (RFC 1952, section 2.3.1: 1f 8b). */
final class BatchBytes {
  private BatchBytes() {}

  /** How many bytes there will be once unpacked, as the batch itself says. */
  static long size(byte[] body) {
    // RFC 1952, section 2.3.1: ISIZE ends a gzip.
    return isPacked(body)
        ? ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getInt(body.length - 4) & 0xffffffffL
        : body.length;
  }

  /**
   * Unpacks.
   *
   * @throws UnusableMessageException when there are more bytes than the limit, or other than the
   *     batch says of itself, or they are no gzip
   */
  static byte[] unpacked(byte[] body, int limit) {
    long size = size(body);
    if (size > limit) {
      throw new UnusableMessageException(
          "body", "expected at most " + limit + " bytes once unpacked");
    }
    if (!isPacked(body)) {
      return body;
    }
    try (GZIPInputStream packed = new GZIPInputStream(new ByteArrayInputStream(body), 8_192)) {
      byte[] unpacked = packed.readNBytes((int) size + 1);
      if (unpacked.length > size) {
        throw new UnusableMessageException("body", "is more than its gzip says of itself");
      }
      return unpacked;
    } catch (IOException e) {
      throw new UnusableMessageException("body", "is a broken gzip: " + e.getMessage());
    }
  }

  private static boolean isPacked(byte[] body) {
    return body.length > 4 && (body[0] & 0xff) == 0x1f && (body[1] & 0xff) == 0x8b;
  }
}
