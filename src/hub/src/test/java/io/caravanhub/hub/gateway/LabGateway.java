package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.MqttGateway;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/** A gateway of the tests, registered, with what its spool would send. */
final class LabGateway {
  private static final ObjectMapper JSON = new ObjectMapper();

  final RunningHub hub = RunningHub.get();
  final String tenant;
  final String admin;
  final String id;
  final String serial;
  final String token;
  final String epoch = UUID.randomUUID().toString();
  final Instant began = Instant.now().minusSeconds(200);

  LabGateway() {
    this("default", RunningHub.get().admin());
  }

  LabGateway(String tenant, String admin) {
    this.tenant = tenant;
    this.admin = admin;
    Answer made = hub.post("/api/v1/gateways", admin, Map.of("serial", RunningHub.unique("GW")));
    this.id = made.text("id");
    this.serial = made.text("serial");
    this.token = made.text("token");
  }

  Registered device() {
    return device(Map.of());
  }

  Registered device(Map<String, Object> more) {
    Map<String, Object> fields =
        new LinkedHashMap<>(
            Map.of("device_type", "sensor", "connection_type", "gateway", "gateway_id", serial));
    fields.putAll(more);
    return hub.device(admin, fields);
  }

  MqttDevice connect() {
    return MqttDevice.connect(hub.mqttPort(), serial, token);
  }

  /** Its end of MQTT, listening to what the hub sends below its topic. */
  MqttGateway listen(String below) {
    return new MqttGateway(hub.mqttPort(), tenant, serial, token, below);
  }

  String topic(String below) {
    return "t/" + tenant + "/g/" + serial + "/" + below;
  }

  Answer post(String what, Object body) {
    return hub.post("/api/v1/gateways/" + serial + "/" + what, token, body);
  }

  /** One reading of temperature, a second after the one before. */
  Map<String, Object> reading(long seq, String device) {
    return record(
        seq,
        device,
        "telemetry",
        Map.of(
            "device_id",
            device,
            "timestamp",
            began.plusMillis(100 * seq).toString(),
            "measurements",
            List.of(Map.of("name", "temperature", "value", 20 + seq % 5, "unit", "Cel"))));
  }

  Map<String, Object> record(long seq, String device, String kind, Object body) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("seq", seq);
    record.put("device", device);
    record.put("kind", kind);
    record.put("body", body);
    return record;
  }

  Map<String, Object> raw(long seq, String device, String payload) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("seq", seq);
    record.put("device", device);
    record.put("kind", "raw");
    record.put("data", Base64.getEncoder().encodeToString(payload.getBytes()));
    return record;
  }

  Map<String, Object> batch(List<Map<String, Object>> records) {
    Map<String, Object> batch = new LinkedHashMap<>();
    batch.put("epoch", epoch);
    batch.put("lane", "live");
    batch.put("floor", 1);
    batch.put("records", records);
    return batch;
  }

  Map<String, Object> readings(String device, long from, long to) {
    List<Map<String, Object>> records = new ArrayList<>();
    for (long seq = from; seq < to; seq++) {
      records.add(reading(seq, device));
    }
    return batch(records);
  }

  static byte[] packed(Object body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(JSON.writeValueAsBytes(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  String received() {
    return hub.owner()
        .sql("select received::text from gateway_sequences where gateway_id = ?::uuid")
        .params(id)
        .query(String.class)
        .optional()
        .orElse("");
  }

  long letters(String device) {
    return hub.count("select count(*) from dead_letters where device = ?", device);
  }

  /** The dead letter of the device, tried again. */
  Answer replay(String device) {
    String letter =
        hub.owner()
            .sql("select id::text from dead_letters where device = ? limit 1")
            .params(device)
            .query(String.class)
            .single();
    return hub.post("/api/v1/dead-letters/" + letter + "/replay", admin, "");
  }
}
