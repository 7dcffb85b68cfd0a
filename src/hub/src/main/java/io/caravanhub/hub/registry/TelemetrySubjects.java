package io.caravanhub.hub.registry;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** Whose telemetry is asked for: one that is not there is told, and not an empty list. */
@Component("telemetrySubjects")
public class TelemetrySubjects {
  private final DeviceDirectory devices;
  private final AssetRegistry assets;

  TelemetrySubjects(DeviceDirectory devices, AssetRegistry assets) {
    this.devices = devices;
    this.assets = assets;
  }

  /**
   * Demands that it is there. Equipment is only a word that devices have, and may have none.
   *
   * @throws ProblemException 404
   */
  public void require(@Header("kind") String kind, @Header("name") String name) {
    if (kind.equals("devices") && devices.find(CallerContext.current().tenant(), name).isEmpty()) {
      throw ProblemException.notFound("device", name);
    }
    if (kind.equals("assets")) {
      assets.get(name);
    }
  }
}
