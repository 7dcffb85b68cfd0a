package io.caravanhub.hub.coap;

import io.caravanhub.hub.limit.ReadingLimits;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Speakers;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who may POST to {@code t/{tenant}/d/{device}/telemetry}. Thread-safe. */
@Component
public class CoapRights {
  private final Tokens tokens;
  private final DeviceDirectory devices;
  private final ReadingLimits limits;

  CoapRights(Tokens tokens, DeviceDirectory devices, ReadingLimits limits) {
    this.tokens = tokens;
    this.devices = devices;
    this.limits = limits;
  }

  /**
   * The device that the path names, when the token may speak for it: a device for itself, a gateway
   * for its devices, an engineer for any of the tenant.
   *
   * @param from address of the sender, by which one who guesses tokens is known
   * @throws CoapRefusal 4.01, 4.03 or 4.04
   * @throws io.caravanhub.hub.api.ProblemException 429 when it has sent too much
   */
  Device require(List<String> path, @Nullable String token, String from) {
    if (path.size() != 5
        || !path.get(0).equals("t")
        || !path.get(2).equals("d")
        || !path.get(4).equals("telemetry")) {
      throw new CoapRefusal(
          ResponseCode.NOT_FOUND, "path: expected t/{tenant}/d/{device}/telemetry");
    }
    HubPrincipal caller =
        (token == null
                ? java.util.Optional.<HubPrincipal>empty()
                : tokens.authenticate(token, from))
            .orElseThrow(
                () ->
                    new CoapRefusal(
                        ResponseCode.UNAUTHORIZED,
                        "token: expected a valid one, as option 65000 or ?token="));
    Device device =
        caller.tenant().equals(path.get(1))
            ? devices
                .find(caller.tenant(), path.get(3))
                .filter(d -> Speakers.may(caller, d))
                .orElse(null)
            : null;
    if (device == null || !device.isActive()) {
      throw new CoapRefusal(
          ResponseCode.FORBIDDEN, "token: may not speak for this device, or it is not active");
    }
    limits.requireCredit(device.tenant(), device.id().toString());
    return device;
  }

  /** Counts the readings of a message that is stored; the device's next one may have to wait. */
  void charge(Device device, int readings) {
    limits.charge(device.tenant(), device.id().toString(), readings);
  }
}
