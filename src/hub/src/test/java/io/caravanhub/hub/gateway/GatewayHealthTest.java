package io.caravanhub.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.MqttGateway;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What gateways say of themselves, the hub's time for them, and commands. */
class GatewayHealthTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunningHub hub = RunningHub.get();
  private final LabGateway gateway = new LabGateway();

  static Map<String, Object> health(int records) {
    return Map.of(
        "at", Instant.now().toString(),
        "software", "0.1.0",
        "rss_mb", 92.5,
        "later", Map.of("unknown", true),
        "uplink", "mqtt",
        "spool",
            Map.of(
                "records",
                records,
                "bytes",
                4096,
                "oldest",
                Instant.now().minusSeconds(60).toString(),
                "dropped",
                2),
        "connections",
            List.of(
                Map.of("device", "AHU-7", "state", "UP", "reads", 10, "errors", 1, "reconnects", 0),
                Map.of(
                    "device", "AHU-8", "state", "DOWN", "reads", 5, "errors", 2, "reconnects", 3)),
        "configuration", Map.of("desired", 4, "running", 3, "state", "applying"));
  }

  @Test
  void keepsTheNewestHealthWholeAndAPastOfFigures() throws Exception {
    assertThat(
            hub.get("/api/v1/gateways/" + gateway.serial, hub.admin())
                .json()
                .path("online")
                .asBoolean())
        .isFalse();
    try (MqttDevice mqtt = gateway.connect()) {
      mqtt.publish(gateway.topic("health"), JSON.writeValueAsBytes(health(7)))
          .get(60, TimeUnit.SECONDS);
    }
    assertThat(gateway.post("health", health(9)).status()).isEqualTo(200);

    JsonNode now = hub.get("/api/v1/gateways/" + gateway.id, hub.admin()).json();
    assertThat(now.path("online").asBoolean()).isTrue();
    assertThat(now.path("drifts").asBoolean()).isTrue();
    assertThat(now.path("connections_down").asInt()).isEqualTo(1);
    assertThat(now.path("lag_s").asInt()).isBetween(55, 70);
    assertThat(now.at("/health/later/unknown").asBoolean()).isTrue();
    JsonNode past =
        hub.get("/api/v1/gateways/" + gateway.id + "/health", hub.admin()).json().path("items");
    assertThat(past.size()).isBetween(1, 2);
    JsonNode last = past.get(past.size() - 1);
    assertThat(last.path("spool_records").asInt()).isEqualTo(9);
    assertThat(last.path("reconnects").asInt()).isEqualTo(3);
    assertThat(
            hub.get(
                    "/api/v1/gateways/" + gateway.id + "/health?to=2026-01-01T00:00:00Z",
                    hub.admin())
                .json()
                .path("items")
                .size())
        .isZero();
  }

  @Test
  void aHealthThatCannotBeReadIsRefusedOrADeadLetter() throws Exception {
    assertThat(gateway.post("health", "[]").status()).isEqualTo(400);
    try (MqttDevice mqtt = gateway.connect()) {
      mqtt.publish(gateway.topic("health"), "nonsense").get(60, TimeUnit.SECONDS);
    }
    assertThat(gateway.letters(gateway.serial)).isEqualTo(1);
  }

  @Test
  void listsTheGatewaysOfTheTenantAlone() {
    String tenant = RunningHub.unique("t");
    LabGateway abroad = new LabGateway(tenant, hub.token(tenant, "admin"));
    JsonNode items = hub.get("/api/v1/gateways", abroad.admin).json().path("items");
    assertThat(items.findValuesAsText("serial")).containsExactly(abroad.serial);
    assertThat(hub.get("/api/v1/gateways/" + gateway.id, abroad.admin).status()).isEqualTo(404);
    assertThat(hub.get("/api/v1/gateways/" + gateway.id, abroad.token).status()).isEqualTo(403);
  }

  @Test
  void aGatewayThatFallsSilentIsANoticeUntilItSpeaksAgain() {
    String tenant = RunningHub.unique("t");
    LabGateway own = new LabGateway(tenant, hub.token(tenant, "admin"));
    own.post("health", health(0));
    hub.owner()
        .sql("update gateways set last_seen_at = now() - interval '2 minutes' where id = ?::uuid")
        .params(own.id)
        .update();
    GatewayUpkeep upkeep = hub.bean(GatewayUpkeep.class);
    upkeep.watch();
    upkeep.watch();
    JsonNode notices = hub.get("/api/v1/notices", own.admin).json().path("items");
    assertThat(notices.findValuesAsText("kind")).containsExactly("gateway-silent:" + own.serial);
    assertThat(hub.get("/api/v1/gateways/" + own.id, own.admin).json().path("online").asBoolean())
        .isFalse();

    own.post("health", health(0));
    upkeep.watch();
    assertThat(hub.get("/api/v1/notices", own.admin).json().at("/items/0/resolved_at").isNull())
        .isFalse();
  }

  @Test
  void tellsTheTimeOverHttpAndMqtt() throws Exception {
    Answer answer = gateway.post("clock", Map.of("sent", 12));
    assertThat(answer.json().path("sent").asLong()).isEqualTo(12);
    assertThat(answer.json().path("hub").asLong())
        .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
    assertThat(gateway.post("clock", Map.of()).status()).isEqualTo(400);

    MqttGateway listening = gateway.listen("clock/answer");
    try {
      listening.publish("clock", "{\"sent\": 99}");
      assertThat(listening.next().path("sent").asLong()).isEqualTo(99);
    } finally {
      listening.close();
    }
  }

  @Test
  void aCommandGoesToTheGatewayAndItsEndIsKept() throws Exception {
    Registered device = gateway.device();
    MqttGateway listening = gateway.listen("commands");
    try {
      Answer made = command(device, hub.admin(), 21.5);
      assertThat(made.status()).as(made.body()).isEqualTo(201);
      assertThat(made.text("state")).isEqualTo("SENT");
      JsonNode sent = listening.next();
      assertThat(sent.path("id").asText()).isEqualTo(made.text("id"));
      assertThat(sent.path("device").asText()).isEqualTo(device.serial());
      assertThat(sent.path("value").asDouble()).isEqualTo(21.5);

      listening.publish(
          "commands/ack",
          "{\"id\": \"" + made.text("id") + "\", \"state\": \"done\", \"value\": 21.5}");
      await().atMost(LONG).until(() -> state(device).equals("DONE"));
      assertThat(commands(device).at("/items/0/read_back").asDouble()).isEqualTo(21.5);
    } finally {
      listening.close();
    }
  }

  @Test
  void aCommandWaitsForItsGatewayOrExpires() throws Exception {
    Registered device = gateway.device();
    Answer made = command(device, hub.admin(), 1);
    assertThat(made.text("state")).isEqualTo("PENDING");
    MqttGateway listening = gateway.listen("commands");
    try {
      assertThat(listening.next().path("id").asText()).isEqualTo(made.text("id"));
    } finally {
      listening.close();
    }
    hub.owner()
        .sql(
            "update gateway_commands set expires_at = now() - interval '1 minute' where id ="
                + " ?::uuid")
        .params(made.text("id"))
        .update();
    await().atMost(LONG).until(() -> state(device).equals("EXPIRED"));
    assertThat(commands(device).at("/items/0/reason").asText()).contains("did not answer");
  }

  @Test
  void aGatewayEndsNoCommandOfAnotherAndDevicesWithoutAGatewayTakeNone() throws Exception {
    Registered device = gateway.device();
    Answer made = command(device, hub.admin(), 1);
    LabGateway other = new LabGateway();
    try (MqttDevice mqtt = other.connect()) {
      mqtt.publish(
              other.topic("commands/ack"),
              "{\"id\": \"" + made.text("id") + "\", \"state\": \"done\"}")
          .get(60, TimeUnit.SECONDS);
    }
    assertThat(state(device)).isEqualTo("PENDING");
    assertThat(other.letters(other.serial)).isEqualTo(1);
    assertThat(command(hub.device("sensor"), hub.admin(), 1).status()).isEqualTo(409);
    assertThat(command(device, hub.token("default", "dispatcher"), 1).status()).isEqualTo(403);
    assertThat(command(device, gateway.token, 1).status()).isEqualTo(403);
    for (String value : List.of("1e999", "\"a\\u0000\"", "null", "[1]")) {
      Answer refused =
          hub.post(
              "/api/v1/devices/" + device.serial() + "/command",
              hub.admin(),
              "{\"metric\": \"cooling_setpoint\", \"value\": " + value + "}");
      assertThat(refused.status()).as(value).isEqualTo(400);
      assertThat(refused.text("field")).as(value).isEqualTo("value");
    }
    hub.send("DELETE", "/api/v1/devices/" + device.serial(), hub.admin(), BodyPublishers.noBody());
    assertThat(command(device, hub.admin(), 1).status()).isEqualTo(409);
    String tenant = RunningHub.unique("t");
    assertThat(command(device, hub.token(tenant, "admin"), 1).status()).isEqualTo(404);
  }

  private Answer command(Registered device, String token, Object value) {
    return hub.post(
        "/api/v1/devices/" + device.serial() + "/command",
        token,
        Map.of("metric", "cooling_setpoint", "value", value));
  }

  private JsonNode commands(Registered device) {
    return hub.get("/api/v1/devices/" + device.id() + "/commands", hub.admin()).json();
  }

  private String state(Registered device) {
    return commands(device).at("/items/0/state").asText();
  }
}
