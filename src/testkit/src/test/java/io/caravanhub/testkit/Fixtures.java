package io.caravanhub.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Payloads of real devices, where they are at hand beside the project, each with the mapping of its
 * model.
 */
final class Fixtures {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Models of the fixtures whose mapping has another name: it serves a family. */
  private static final Map<String, String> FAMILIES =
      Map.of(
          "milesight/em300-sld-zld", "milesight/em300-sld",
          "milesight/em400-udl", "milesight/em400-tld",
          "decentlab/dl-sht35-001", "decentlab/dl-sht35",
          "decentlab/dl-pr36", "decentlab/dl-pr26");

  private final Path data;
  private final List<Fixture> found = new ArrayList<>();

  /**
   * One payload.
   *
   * @param name the file, with the line or case
   * @param mapping the name of the mapping
   * @param payload as the device or its cloud sends it
   */
  record Fixture(String name, String mapping, JsonNode payload) {}

  Fixtures(Path data) {
    this.data = data;
  }

  List<Fixture> all() throws IOException {
    lorawan();
    repositoryCodecs();
    shelly();
    lines("tasmota-mqtt/sensor_messages.ndjson", topic -> "tasmota/device");
    lines("zigbee2mqtt/messages.ndjson", Fixtures::zigbee);
    disruptive();
    monnit("dry_contact_single", "dry-contact");
    monnit("three_phase_current_meter", "three-phase-current-meter");
    return found;
  }

  /** Uplinks with what their network server's decoder made of them put where it would put it. */
  private void lorawan() throws IOException {
    Path folder = data.resolve("lorawan-thingsboard-converters");
    for (String line : Files.readAllLines(folder.resolve("codec_examples.jsonl"))) {
      JsonNode example = JSON.readTree(line);
      String model = slug(example, "vendor") + "/" + slug(example, "device");
      String mapping = FAMILIES.getOrDefault(model, model);
      String file = example.path("file").asText();
      JsonNode envelope =
          envelope(
              JSON.readTree(folder.resolve(file).toFile()),
              decoded(example.path("expected_telemetry")));
      if (envelope != null) {
        found.add(new Fixture(file, mapping, envelope));
      }
    }
  }

  /** Earlier readings in the same frame are a history, as the makers' decoders give it. */
  private static ObjectNode decoded(JsonNode telemetry) {
    ObjectNode fields = JSON.createObjectNode();
    long latest = 0;
    for (JsonNode reading : telemetry) {
      latest = Math.max(latest, reading.path("ts").asLong());
    }
    for (JsonNode reading : telemetry) {
      if (reading.path("ts").asLong() == latest) {
        fields.setAll((ObjectNode) reading.path("values"));
      } else {
        ObjectNode earlier = fields.withArray("history").addObject();
        earlier.put("timestamp", reading.path("ts").asLong());
        earlier.setAll((ObjectNode) reading.path("values"));
      }
    }
    return fields;
  }

  private static @Nullable JsonNode envelope(JsonNode message, JsonNode values) {
    if (message.path("uplink_message") instanceof ObjectNode uplink) {
      uplink.set("decoded_payload", values);
      return message;
    }
    if (message.has("deviceInfo") && message instanceof ObjectNode chirpStack) {
      chirpStack.set("object", values);
      return message;
    }
    return null;
  }

  private void repositoryCodecs() throws IOException {
    Map<String, String> models =
        Map.of(
            "adeunis/comfort-co2", "adeunis/comfort-co2",
            "adeunis/deltap", "adeunis/deltap",
            "adeunis/pulse", "adeunis/pulse",
            "adeunis/temp", "adeunis/temp",
            "dragino/lht65", "dragino/lht65",
            "mclimate/16aspm", "mclimate/16aspm",
            "mclimate/fan-coil-thermostat", "mclimate/fan-coil-thermostat",
            "milesight-iot/em300-th", "milesight/em300-th");
    for (Map.Entry<String, String> model : models.entrySet()) {
      Path file = data.resolve("ttn-codecs").resolve(model.getKey() + "-codec.yaml");
      int number = 0;
      for (JsonNode example : YAML.readTree(file.toFile()).at("/uplinkDecoder/examples")) {
        number++;
        JsonNode decoded = example.at("/output/data");
        if (decoded.isObject()) {
          ObjectNode message = JSON.createObjectNode();
          message.putObject("uplink_message").set("decoded_payload", decoded);
          found.add(new Fixture(model.getKey() + "#" + number, model.getValue(), message));
        }
      }
    }
  }

  private void shelly() throws IOException {
    lines(
        "shelly-gen2-rpc/notify.ndjson",
        topic ->
            topic.contains("ht")
                ? "shelly/plus-h-t"
                : topic.contains("smoke") ? "shelly/plus-smoke" : "shelly/plus-1pm");
    Path status = data.resolve("homeassistant-fixtures/shelly/literals/mock_status_rpc.json");
    found.add(new Fixture(status.toString(), "shelly/plus-1pm", JSON.readTree(status.toFile())));
  }

  private static String zigbee(String topic) {
    String device = topic.substring(topic.lastIndexOf('/') + 1);
    return switch (device) {
      case "sensor_th" -> "sonoff/snzb-02";
      case "garage_door" -> "aqara/mccgq11lm";
      case "vibration_sensor" -> "aqara/djt11lm";
      case "motion_2" -> "aqara/rtcgq11lm";
      case "water_leak" -> "aqara/sjcgq11lm";
      default -> topic.startsWith("zigbee2mqtt/bridge") ? "" : "aqara/wxkg11lm";
    };
  }

  private void disruptive() throws IOException {
    Path folder = data.resolve("iot-webhook-samples/disruptive-technologies");
    JsonNode one = JSON.readTree(folder.resolve("data_connector_temperature.json").toFile());
    event("data_connector_temperature.json", one, one.path("event"));
    JsonNode history = JSON.readTree(folder.resolve("event_history_each_type.json").toFile());
    for (JsonNode event : history.path("events")) {
      event("event_history_each_type.json " + event.path("eventType").asText(), event, event);
    }
    int number = 0;
    for (String line : Files.readAllLines(folder.resolve("stream.ndjson"))) {
      JsonNode message = JSON.readTree(line);
      event("stream.ndjson:" + ++number, message, message.at("/result/event"));
    }
  }

  private void event(String name, JsonNode message, JsonNode event) {
    String model =
        switch (event.path("eventType").asText()) {
          case "humidity" -> "humidity-sensor";
          case "objectPresent", "objectPresentCount", "touchCount" -> "proximity-sensor";
          case "waterPresent" -> "water-detector";
          case "connectionStatus", "ethernetStatus", "cellularStatus" -> "cloud-connector";
          default -> "temperature-sensor";
        };
    found.add(new Fixture(name, "disruptive-technologies/" + model, message));
  }

  private void monnit(String file, String model) throws IOException {
    Path path = data.resolve("iot-webhook-samples/monnit").resolve(file + ".json");
    found.add(new Fixture(file, "monnit/" + model, JSON.readTree(path.toFile())));
  }

  private void lines(String file, java.util.function.UnaryOperator<String> mapping)
      throws IOException {
    int number = 0;
    for (String line : Files.readAllLines(data.resolve("iot-webhook-samples").resolve(file))) {
      JsonNode message = JSON.readTree(line);
      String name = file + ":" + ++number;
      found.add(
          new Fixture(
              name, mapping.apply(message.path("topic").asText()), message.path("payload")));
    }
  }

  private static String slug(JsonNode example, String field) {
    return example.path(field).asText().toLowerCase(java.util.Locale.ROOT);
  }
}
