package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttGateway;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A gateway in a tenant of its own, and the calls about it. */
public final class GatewayApi {
  final RunningHub hub = RunningHub.get();
  final String tenant = RunningHub.unique("t-gw");
  final String admin = hub.token(tenant, "admin");
  final String serial = RunningHub.unique("GW");

  /** The token that the registration gave. */
  final String token;

  final String id;

  public GatewayApi() {
    Answer made = hub.post("/api/v1/gateways", admin, Map.of("serial", serial));
    token = made.text("token");
    id = made.text("id");
  }

  public String id() {
    return id;
  }

  /** Its end of MQTT, listening to what the hub sends below its topic. */
  public MqttGateway listen(String below) {
    return new MqttGateway(hub.mqttPort(), tenant, serial, token, below);
  }

  /** Registers a device behind it. */
  public Registered device(String serial) {
    return hub.device(
        admin,
        Map.of(
            "device_serial",
            serial,
            "manufacturer",
            "Halden",
            "model",
            "AeroTop",
            "device_type",
            "rooftop_unit",
            "connection_type",
            "gateway",
            "gateway_id",
            this.serial));
  }

  /** A new token of its tenant. */
  public String token(String role) {
    return hub.token(tenant, role);
  }

  public String admin() {
    return admin;
  }

  Answer get(String path) {
    return hub.get("/api/v1/gateways/" + serial + path, admin);
  }

  public Answer call(String method, String path, Object body) {
    return call(method, path, admin, body, null);
  }

  Answer call(String method, String path, String token, Object body, @Nullable String match) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri("/api/v1/gateways/" + serial + path))
            .method(method, RunningHub.publisher(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token);
    if (match != null) {
      request.header("If-Match", match);
    }
    return hub.send(request.build());
  }

  /** Keeps the files and publishes them. */
  public Answer publish(Map<String, String> files) {
    call("PUT", "/configuration/draft", Map.of("files", files));
    return call("POST", "/configuration/publish", Map.of("reason", "test"));
  }
}
