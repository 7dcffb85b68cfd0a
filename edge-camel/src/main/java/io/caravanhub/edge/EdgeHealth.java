package io.caravanhub.edge;

import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import io.caravanhub.core.route.RouteFile;
import io.caravanhub.core.route.RouteLoader;
import io.caravanhub.edge.manage.LiveConfiguration;
import io.caravanhub.edge.manage.SiteHealth;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** How the running gateway is doing, for the trial of a new configuration. */
final class EdgeHealth implements SiteHealth {
  private final FieldbusComponent fieldbus;
  private final RouteLoader loader;
  private final LiveConfiguration live;
  private final BooleanSupplier uplink;

  EdgeHealth(
      FieldbusComponent fieldbus,
      RouteLoader loader,
      LiveConfiguration live,
      BooleanSupplier uplink) {
    this.fieldbus = fieldbus;
    this.loader = loader;
    this.live = live;
    this.uplink = uplink;
  }

  @Override
  public Map<String, String> down() {
    Map<String, String> down = new TreeMap<>();
    for (FieldbusConnection connection : live.all()) {
      down.put(connection.device(), "not read yet");
    }
    for (FieldbusStatus status : fieldbus.status()) {
      if (status.state() == FieldbusStatus.State.UP) {
        down.remove(status.device());
      } else if (down.containsKey(status.device()) && status.error() != null) {
        down.put(status.device(), status.error());
      }
    }
    return down;
  }

  @Override
  public Map<String, String> refusedRoutes() {
    Map<String, String> refused = new TreeMap<>();
    for (RouteFile file : loader.files()) {
      if (file.state() == RouteFile.State.REFUSED && file.path().startsWith(live.routes())) {
        refused.put(
            "routes/" + live.routes().relativize(file.path()),
            (file.line() > 0 ? "line " + file.line() + ": " : "") + file.reason());
      }
    }
    return refused;
  }

  @Override
  public boolean uplink() {
    return uplink.getAsBoolean();
  }
}
