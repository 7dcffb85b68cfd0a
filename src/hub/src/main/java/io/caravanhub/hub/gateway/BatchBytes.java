package io.caravanhub.hub.gateway;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** A batch's bytes, unpacked when they are gzip (RFC 1952, section 2.3.1: 1f 8b). */
final class BatchBytes {
  private BatchBytes() {}

  /**
   * Unpacks.
   *
   * @throws UnusableMessageException when there are more bytes than the limit, or they are no gzip
   */
  static byte[] unpacked(byte[] body, int limit) {
    if (body.length < 2 || (body[0] & 0xff) != 0x1f || (body[1] & 0xff) != 0x8b) {
      return body;
    }
    try (GZIPInputStream packed = new GZIPInputStream(new ByteArrayInputStream(body), 8_192)) {
      byte[] unpacked = packed.readNBytes(limit + 1);
      if (unpacked.length > limit) {
        throw new UnusableMessageException(
            "body", "expected at most " + limit + " bytes once unpacked");
      }
      return unpacked;
    } catch (IOException e) {
      throw new UnusableMessageException("body", "is a broken gzip: " + e.getMessage());
    }
  }
}
