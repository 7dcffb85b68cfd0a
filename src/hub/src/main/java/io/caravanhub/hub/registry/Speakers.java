package io.caravanhub.hub.registry;

import io.caravanhub.hub.security.HubPrincipal;

/** Who may deliver telemetry of which device of its tenant. */
public final class Speakers {
  private Speakers() {}

  /** A device for itself, a gateway for its devices, an admin or engineer for all. */
  public static boolean may(HubPrincipal caller, Device device) {
    return switch (caller.role()) {
      case "device" -> device.id().toString().equals(caller.subject());
      case "gateway" ->
          device.gateway() != null && device.gateway().toString().equals(caller.subject());
      case "admin", "engineer" -> true;
      default -> false;
    };
  }
}
