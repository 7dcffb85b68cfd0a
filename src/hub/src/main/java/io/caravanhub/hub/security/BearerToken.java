package io.caravanhub.hub.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * The token of a request: {@code Authorization: Bearer <token>} (RFC 6750) or, for a WebSocket
 * handshake of a browser, which can send no such header, the subprotocol {@code bearer.<token>}
 * offered beside {@link #PROTOCOL}.
 */
public final class BearerToken {
  /** The subprotocol that the hub speaks. */
  public static final String PROTOCOL = "caravan.v1";

  private static final String PREFIX = "bearer.";

  private BearerToken() {}

  /** The token, or empty when the request brings none. */
  public static Optional<String> of(HttpServletRequest request) {
    String header = request.getHeader("Authorization");
    if (header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return Optional.of(header.substring(7).strip());
    }
    String protocols = request.getHeader("Sec-WebSocket-Protocol");
    if (protocols != null && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
      for (String protocol : protocols.split(",", -1)) {
        if (protocol.strip().startsWith(PREFIX)) {
          return Optional.of(protocol.strip().substring(PREFIX.length()));
        }
      }
    }
    return Optional.empty();
  }
}
