package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Assets, links and readings of a tenant of its own in the running hub. */
final class Plant {
  final RunningHub hub = RunningHub.get();
  final String tenant = RunningHub.unique("t-asset");
  final String admin = hub.token(tenant, "admin");

  Registered device() {
    return hub.device(admin, Map.of("device_type", "sensor"));
  }

  String asset(String type) {
    String id = RunningHub.unique("A");
    Answer answer =
        hub.post("/api/v1/assets", admin, Map.of("id", id, "name", id, "asset_type", type));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    return id;
  }

  Answer link(Registered device, String asset, Map<String, ?> body) {
    return hub.post("/api/v1/devices/" + device.id() + "/assets/" + asset + "/link", admin, body);
  }

  void linked(Registered device, String asset, Map<String, ?> body) {
    Answer answer = link(device, asset, body);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  Answer unlink(Registered device, String asset, String query) {
    return send("DELETE", "/devices/" + device.id() + "/assets/" + asset + "/unlink" + query, "{}");
  }

  void define(String type, Object definition) {
    Answer answer = send("PUT", "/asset-types/" + type, definition);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  Answer send(String method, String path, Object body) {
    return hub.send(method, "/api/v1" + path, admin, RunningHub.publisher(body));
  }

  Answer get(String path) {
    return hub.get("/api/v1" + path, admin);
  }

  void says(Registered device, Instant ts, Map<String, ?> metrics) {
    Answer answer =
        hub.ingest(
            admin,
            Map.of("device_id", device.id(), "timestamp", ts.toString(), "metrics", metrics));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
  }

  /** Values of an asset's telemetry, oldest first. */
  List<String> history(String asset, String query) {
    Answer answer = get("/assets/" + asset + "/telemetry/history?" + query);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.json().path("items").findValuesAsText("value");
  }

  /** The newest value of an asset's metric, or null. */
  JsonNode latest(String asset, String metric) {
    JsonNode items =
        get("/assets/" + asset + "/telemetry/latest?metric=" + metric).json().path("items");
    return StreamSupport.stream(items.spliterator(), false).findFirst().orElse(null);
  }

  JsonNode health(String asset) {
    return get("/assets/" + asset + "/health").json();
  }

  static void eventually(ThrowingRunnable check) {
    Awaitility.await().atMost(Duration.ofSeconds(15)).untilAsserted(check);
  }
}
