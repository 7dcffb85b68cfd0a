package io.caravanhub.hub.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.MqttDevice;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A gateway whose messages come in chunks, at a hub that is a process of its own. */
final class ChunkingGateway {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BEACONS_A_CHUNK = 3;

  private final HubProcess hub;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String id;
  private final String token;

  /** Describes the type and registers the gateway. */
  ChunkingGateway(HubProcess hub) throws IOException, InterruptedException {
    this.hub = hub;
    call("PATCH", "/tenant/settings", Map.of("auto_register", true));
    call(
        "POST",
        "/device-types",
        Map.of(
            "name",
            "chunking",
            "processing_mode",
            "gateway_chunked",
            "demultiplexing",
            Map.of("split", "beacons", "id", "mac", "device_type", "beacon"),
            "chunking",
            Map.of("correlation_id", "msg", "sequence", "no", "total", "of", "data", "beacons"),
            "mapping",
            Map.of("jsonata", "{\"metrics\": {\"temperature\": t}}")));
    JsonNode device =
        call(
            "POST",
            "/devices",
            Map.of(
                "device_serial", "chunking-1",
                "device_type", "chunking",
                "manufacturer", "m",
                "model", "m",
                "installation_location", "here",
                "connection_type", "mqtt"));
    id = device.path("id").asText();
    token = device.path("token").asText();
  }

  /** A chunk of a message, with beacons of its own. */
  static String chunk(String message, int number, int of) throws IOException {
    List<Object> beacons = new ArrayList<>();
    for (int b = 0; b < BEACONS_A_CHUNK; b++) {
      beacons.add(Map.of("mac", message + "-" + number + "-" + b, "t", number));
    }
    return JSON.writeValueAsString(
        Map.of("msg", message, "no", number, "of", of, "beacons", beacons));
  }

  /** Sends chunks and waits for each to be acknowledged. */
  void send(List<String> chunks) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort, id, token)) {
      for (String chunk : chunks) {
        mqtt.publish(topic(), chunk).get(30, TimeUnit.SECONDS);
      }
    }
  }

  /** Sends a chunk and kills the hub, which may or may not have taken it. */
  void sendAndKill(String chunk, int millisLater) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort, id, token)) {
      var unused = mqtt.publish(topic(), chunk);
      TimeUnit.MILLISECONDS.sleep(millisLater);
      hub.kill();
    }
  }

  private String topic() {
    return "t/default/d/" + id + "/telemetry";
  }

  /** How many rows there are of each beacon of a message. */
  List<Integer> rows(String message, int chunks) throws Exception {
    List<Integer> rows = new ArrayList<>();
    for (int number = 1; number <= chunks; number++) {
      for (int b = 0; b < BEACONS_A_CHUNK; b++) {
        String beacon = "chunking-1:" + message + "-" + number + "-" + b;
        rows.add(
            call("GET", "/devices/" + beacon + "/telemetry/history", null).path("items").size());
      }
    }
    return rows;
  }

  /** Dead letters of the gateway. */
  int letters() throws Exception {
    int letters = 0;
    for (JsonNode letter : call("GET", "/dead-letters", null).path("items")) {
      letters += letter.path("device").asText().equals(id) ? 1 : 0;
    }
    return letters;
  }

  private JsonNode call(String method, String path, Object body)
      throws IOException, InterruptedException {
    String admin = Files.readString(hub.home().resolve("admin.token")).strip();
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + hub.httpPort + "/api/v1" + path))
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .method(
                    method,
                    body == null
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(answer.body());
  }
}
