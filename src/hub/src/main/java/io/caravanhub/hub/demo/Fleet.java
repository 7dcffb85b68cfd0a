package io.caravanhub.hub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Registers the demo's five machines through the API, as any customer would, and keeps their tokens
 * for the next start.
 */
final class Fleet {
  private record Machine(
      String serial,
      String type,
      String manufacturer,
      String model,
      String connection,
      String asset,
      String name,
      String location) {}

  private static final List<Machine> MACHINES =
      List.of(
          new Machine(
              "RTU-1",
              "rooftop_unit",
              "Norvane",
              "RX500",
              "modbus_tcp",
              "harbour-roof-1",
              "Rooftop unit 1",
              "Harbour Mall, roof north"),
          new Machine(
              "RTU-2",
              "rooftop_unit",
              "Halden",
              "AeroTop",
              "mqtt",
              "harbour-roof-2",
              "Rooftop unit 2",
              "Harbour Mall, roof south"),
          new Machine(
              "RTU-3",
              "rooftop_unit",
              "Kestrel",
              "K-Series",
              "webhook",
              "clinic-roof-3",
              "Rooftop unit 3",
              "Linden Clinic, roof"),
          new Machine(
              "PUMP-1",
              "pump",
              "Ardent",
              "P-40",
              "opcua",
              "works-pump-1",
              "Cooling water pump 1",
              "Mill Works, pump room"),
          new Machine(
              "PUMP-2",
              "pump",
              "Brisk",
              "FlowMate",
              "mqtt",
              "works-pump-2",
              "Cooling water pump 2",
              "Mill Works, pump room"));

  /** The gateway of the example. */
  static final String GATEWAY = "GW-ROOF";

  private final HubClient hub;
  private final ObjectMapper json = new ObjectMapper();
  private final Path tokens;

  Fleet(HubClient hub, Path folder) {
    this.hub = hub;
    this.tokens = folder.resolve("tokens.json");
  }

  /**
   * Sees to it that all machines are registered, at the addresses the plant has this time; returns
   * their tokens by serial.
   */
  Map<String, String> register(String modbus, String opcua)
      throws IOException, InterruptedException {
    Map<String, String> known = new LinkedHashMap<>();
    if (Files.exists(tokens)) {
      json.readTree(tokens.toFile())
          .fields()
          .forEachRemaining(e -> known.put(e.getKey(), e.getValue().asText()));
    }
    for (Machine machine : MACHINES) {
      String connection = connection(machine, modbus, opcua);
      HubClient.Answer answer = hub.post("/devices", device(machine, connection));
      if (answer.status() == 201) {
        known.put(machine.serial, answer.body().path("token").asText());
        asset(machine);
      } else if (answer.status() == 409) {
        require(
            hub.patch("/devices/" + machine.serial, "{\"connection\":" + connection + "}"), 200);
        if (!known.containsKey(machine.serial)) {
          known.put(
              machine.serial,
              require(hub.post("/devices/" + machine.serial + "/token", "{}"), 200)
                  .path("token")
                  .asText());
        }
      } else {
        require(answer, 201);
      }
    }
    write(tokens, json.writeValueAsBytes(known));
    return known;
  }

  /**
   * Sees to it that the hub knows the gateway of {@code edge-camel/examples/rooftop.yaml} and the
   * two machines it reads. Its token, which is told only once, is kept for its start.
   *
   * @param token file of the gateway's token
   */
  void registerGateway(Path token) throws IOException, InterruptedException {
    HubClient.Answer answer =
        hub.post("/gateways", "{\"serial\":\"" + GATEWAY + "\",\"name\":\"Harbour Mall, roof\"}");
    if (answer.status() == 201) {
      write(token, answer.body().path("token").asText().getBytes(StandardCharsets.UTF_8));
    } else if (answer.status() != 409) {
      require(answer, 201);
    }
    String id = hub.get("/gateways/" + GATEWAY).path("id").asText();
    for (Machine machine : MACHINES) {
      if (machine.connection.matches("modbus_tcp|opcua")) {
        ObjectNode device = (ObjectNode) json.readTree(device(machine, "{}"));
        device
            .put("device_serial", "ROOF-" + machine.serial)
            .put("connection_type", "gateway")
            .put("gateway_id", id);
        device.remove("equipment_id");
        HubClient.Answer added = hub.post("/devices", json.writeValueAsString(device));
        if (added.status() != 409) {
          require(added, 201);
        }
      }
    }
  }

  private static String connection(Machine machine, String modbus, String opcua) {
    return switch (machine.connection) {
      case "modbus_tcp" ->
          "{\"address\":\""
              + modbus
              + "\",\"unit\":1,\"map\":\"norvane/rx500.modbus.yaml\",\"interval\":\"PT1S\"}";
      case "opcua" ->
          "{\"address\":\""
              + opcua
              + "\",\"map\":\"ardent/p-40.opcua.yaml\",\"interval\":\"PT1S\"}";
      default -> "{}";
    };
  }

  private String device(Machine machine, String connection) throws IOException {
    ObjectNode device = json.createObjectNode();
    device
        .put("device_serial", machine.serial)
        .put("device_type", machine.type)
        .put("manufacturer", machine.manufacturer);
    device
        .put("model", machine.model)
        .put("installation_location", machine.location)
        .put("connection_type", machine.connection);
    device.put("building_id", machine.location.split(",")[0]).put("equipment_id", machine.asset);
    device.set("connection", json.readTree(connection));
    return json.writeValueAsString(device);
  }

  private void asset(Machine machine) throws IOException, InterruptedException {
    ObjectNode asset = json.createObjectNode();
    asset
        .put("id", machine.asset)
        .put("name", machine.name)
        .put("asset_type", machine.type)
        .put("location", machine.location);
    asset.put("customer", machine.location.split(",")[0]);
    HubClient.Answer answer = hub.post("/assets", json.writeValueAsString(asset));
    if (answer.status() != 409) {
      require(answer, 201);
    }
    require(
        hub.post("/devices/" + machine.serial + "/assets/" + machine.asset + "/link", "{}"), 200);
  }

  private static JsonNode require(HubClient.Answer answer, int status) throws IOException {
    if (answer.status() != status) {
      throw new IOException(
          "the hub answered " + answer.status() + ": " + answer.body().path("detail").asText());
    }
    return answer.body();
  }

  /** Writes a file that only its owner can read, whole or not at all. */
  static void write(Path file, byte[] content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(part, content);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}
