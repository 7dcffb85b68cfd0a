package io.caravanhub.hub.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A request's body as its Content-Encoding (RFC 9110, section 8.4) packed it. */
final class PackedBody {
  private PackedBody() {}

  /** Not to be unpacked; the status says why. */
  static final class Unpackable extends Exception {
    private static final long serialVersionUID = 1L;
    final int status;

    Unpackable(int status, String detail) {
      super(detail);
      this.status = status;
    }
  }

  static boolean isPacked(@Nullable String encoding) {
    return encoding != null && !encoding.isBlank() && !encoding.strip().equals("identity");
  }

  /** The unpacked bytes; stops unpacking as soon as there are more of them than the limit. */
  static byte[] unpack(byte[] body, String encoding, int limit) throws Unpackable {
    String name = encoding.strip().toLowerCase(Locale.ROOT);
    if (!name.equals("gzip") && !name.equals("x-gzip")) {
      throw new Unpackable(415, "Content-Encoding: expected gzip or none");
    }
    try (GZIPInputStream packed = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] unpacked = packed.readNBytes(limit + 1);
      if (unpacked.length > limit) {
        throw new Unpackable(413, "expected at most " + limit + " bytes once unpacked");
      }
      return unpacked;
    } catch (IOException e) {
      throw new Unpackable(400, "the body is not the gzip that its Content-Encoding says");
    }
  }
}
