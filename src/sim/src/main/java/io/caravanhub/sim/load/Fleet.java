package io.caravanhub.sim.load;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The load's devices and their gateway, made in the hub where they are not there yet. Their tokens
 * are kept under HUB_HOME for the next run, readable by their owner alone.
 */
final class Fleet {
  private final List<LoadDevice> devices = new ArrayList<>();
  private final Map<String, String> tokens;
  private final Path file;
  private final Hub hub;
  private final String gateway;

  private Fleet(Hub hub, Path file, String gateway) throws IOException {
    this.hub = hub;
    this.gateway = gateway;
    this.file = file;
    this.tokens =
        Files.exists(file)
            ? new ObjectMapper()
                .readValue(file.toFile(), new TypeReference<TreeMap<String, String>>() {})
            : new TreeMap<>();
  }

  /**
   * Makes sure of so many devices.
   *
   * @param start when the run begins, milliseconds since 1970
   */
  static Fleet ready(Hub hub, LoadPlan plan, long start) throws IOException, InterruptedException {
    Fleet fleet =
        new Fleet(
            hub,
            plan.home().resolve("load").resolve(plan.name() + "-tokens.json"),
            plan.name() + "-GATEWAY");
    if (plan.anonymous()) {
      for (int i = 1; i <= plan.devices(); i++) {
        fleet.devices.add(new LoadDevice(String.format("%s-%05d", plan.name(), i), "", start));
      }
      return fleet;
    }
    // Kept tokens need no call, and devices without a hub wait long for their connections.
    hub.ask();
    try {
      String gatewayId = fleet.gatewayId();
      for (int i = 1; i <= plan.devices(); i++) {
        String serial = String.format("%s-%05d", plan.name(), i);
        String token = fleet.tokens.get(serial);
        if (token == null) {
          token = fleet.register(serial, gatewayId);
          if (i % 100 == 0 && System.console() != null) {
            System.err.printf("\rregistering devices: %d of %d", i, plan.devices());
          }
        }
        fleet.devices.add(new LoadDevice(serial, token, start));
      }
    } finally {
      fleet.keep();
    }
    return fleet;
  }

  List<LoadDevice> devices() {
    return devices;
  }

  String gateway() {
    return String.valueOf(tokens.get(gateway + ".serial"));
  }

  String gatewayToken() {
    return String.valueOf(tokens.get(gateway));
  }

  private @Nullable String gatewayId() throws IOException, InterruptedException {
    String id = tokens.get(gateway + ".id");
    if (id == null) {
      String serial = gateway;
      Hub.Answer made = hub.post("/gateways", Map.of("serial", serial, "name", "Load"));
      if (made.status() == 409) {
        // Registered by a run whose tokens are gone, and nobody can see its token again.
        serial = gateway + "-" + Long.toString(System.currentTimeMillis(), 36);
        made = hub.post("/gateways", Map.of("serial", serial, "name", "Load"));
      }
      if (made.status() != 201) {
        throw refused("the gateway " + serial, made);
      }
      tokens.put(gateway + ".serial", serial);
      id = made.body().path("id").asText();
      tokens.put(gateway, made.body().path("token").asText());
      tokens.put(gateway + ".id", id);
    }
    return id;
  }

  private String register(String serial, @Nullable String gatewayId)
      throws IOException, InterruptedException {
    Hub.Answer made =
        hub.post(
            "/devices",
            Map.of(
                "device_serial", serial,
                "device_type", "load_test",
                "manufacturer", "Caravan",
                "model", "Load",
                "installation_location", "nowhere",
                "connection_type", "mqtt",
                "gateway_id", String.valueOf(gatewayId)));
    if (made.status() == 409) {
      hub.patch("/devices/" + serial, Map.of("gateway_id", String.valueOf(gatewayId)));
      made = hub.post("/devices/" + serial + "/token", Map.of());
    }
    String token = made.body().path("token").asText();
    if (token.isEmpty()) {
      throw refused("the device " + serial, made);
    }
    tokens.put(serial, token);
    return token;
  }

  private static IOException refused(String what, Hub.Answer answer) {
    return new IOException(
        "the hub does not take "
            + what
            + ": "
            + answer.status()
            + " "
            + answer.body().path("detail").asText());
  }

  private void keep() throws IOException {
    Files.createDirectories(file.getParent());
    if (!Files.exists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    new ObjectMapper().writeValue(file.toFile(), tokens);
  }
}
