package io.caravanhub.hub.security;

import java.io.Serial;
import java.io.Serializable;
import java.security.Principal;

/**
 * Who is calling.
 *
 * @param tenant the tenant the call works for
 * @param role admin, engineer, dispatcher, technician, viewer, device or gateway
 * @param subject the device's or gateway's id for those roles, a name otherwise
 */
public record HubPrincipal(String tenant, String role, String subject)
    implements Principal, Serializable {
  @Serial private static final long serialVersionUID = 1L;

  @Override
  public String getName() {
    return subject;
  }

  /** Whether the caller has one of these roles; an admin has them all but device and gateway. */
  public boolean is(String... roles) {
    for (String wanted : roles) {
      if (role.equals(wanted)) {
        return true;
      }
    }
    return false;
  }
}
