package io.caravanhub.hub.cli;

import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Serials of devices in place of the hub's ids, each asked for once. */
final class DeviceNames {
  private static final String ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private final HubClient hub;
  private final Map<String, String> known = new HashMap<>();

  DeviceNames(HubClient hub) {
    this.hub = hub;
  }

  /** The serial, or what was given when the hub knows none. */
  String of(String device) throws IOException, InterruptedException {
    if (!device.matches(ID)) {
      return device;
    }
    String serial = known.get(device);
    if (serial == null) {
      HubClient.Answer answer = hub.ask("/devices/" + device);
      serial = answer.status() == 200 ? answer.body().path("device_serial").asText(device) : device;
      known.put(device, serial);
    }
    return serial;
  }
}
