package io.caravanhub.hub.connector;

import io.caravanhub.hub.security.SessionSeal;
import java.util.Base64;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The hub's key, as sessions of the console use it. Thread-safe. */
@Component
class HubSessionSeal implements SessionSeal {
  /** What else is sealed is so for a tenant and, after a slash, an id. */
  private static final String OWNER = "session:";

  private static final String COOKIE = "caravan hub, cookie of a session, 1";

  private final ConnectionSecrets secrets;

  HubSessionSeal(ConnectionSecrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public byte[] seal(String place, byte[] content) {
    return secrets.box().seal(OWNER + place, content);
  }

  @Override
  public Optional<byte[]> open(String place, byte[] sealed) {
    try {
      return Optional.of(secrets.box().openBytes(OWNER + place, sealed));
    } catch (SecretException e) {
      return Optional.empty();
    }
  }

  @Override
  public String sign(String id) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secrets.box().sign(COOKIE, id));
  }

  @Override
  public boolean isSigned(String id, String signature) {
    try {
      return secrets.box().isSigned(COOKIE, id, Base64.getUrlDecoder().decode(signature));
    } catch (IllegalArgumentException e) {
      // No base64.
      return false;
    }
  }
}
