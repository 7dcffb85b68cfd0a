package io.caravanhub.hub.demo;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Secrets between the demo's processes. Stateless. */
final class Secret {
  private static final int BYTES = 24;

  private Secret() {}

  /** One that nobody guesses, in hex. */
  static String random() {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
