package io.caravanhub.hub.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * Whether a request comes from this machine and names it so, which a page from elsewhere (DNS
 * rebinding) does not.
 */
final class Loopback {
  private static final Set<String> ADDRESSES = Set.of("127.0.0.1", "0:0:0:0:0:0:0:1", "::1");
  private static final Set<String> NAMES = Set.of("127.0.0.1", "localhost", "[::1]", "::1");

  private Loopback() {}

  static boolean is(HttpServletRequest request) {
    return ADDRESSES.contains(request.getRemoteAddr())
        && NAMES.contains(request.getServerName())
        && request.getHeader("X-Forwarded-For") == null
        && request.getHeader("Forwarded") == null;
  }
}
