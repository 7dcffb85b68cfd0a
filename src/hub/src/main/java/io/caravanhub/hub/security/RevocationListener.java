package io.caravanhub.hub.security;

/** Hears that the rights of a subject have ended, so that its sessions must end too. */
@FunctionalInterface
public interface RevocationListener {
  /** Called after the commit, on the thread that revoked; must not block. */
  void revoked(String tenant, String subject);
}
