package io.caravanhub.edge.manage;

import java.util.Map;

/** How the gateway is doing, as far as a new configuration may have to do with it. */
public interface SiteHealth {
  /** Connections that are not up, each with its last error or state. */
  Map<String, String> down();

  /** Route files that are refused, each with the reason. */
  Map<String, String> refusedRoutes();

  /** Whether there is a connection to the hub. */
  boolean uplink();
}
