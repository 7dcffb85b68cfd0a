package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.testkit.fsm.FakeFsm;
import io.caravanhub.testkit.fsm.FsmScript;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The running hub with a tenant of its own, of which a reading became an event, that an order at an
 * FSM, another a dead letter, and a gateway told of its spool: every metric has been met once.
 */
final class BusyHub implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);

  final RunningHub hub;
  final String tenant = RunningHub.unique("t-obs");
  final String admin;
  final Registered device;
  final String gateway;
  final String connection;
  private final FakeFsm fsm;

  BusyHub() throws Exception {
    this(RunningHub.get());
  }

  BusyHub(RunningHub hub) throws Exception {
    this.hub = hub;
    this.admin = hub.token(tenant, "admin");
    FsmScript script = FsmScript.read(TestDatabase.root().resolve("connectors/fsm/atlas-cmms"));
    fsm = new FakeFsm(script);
    connection =
        expect(
                201,
                hub.post(
                    "/api/v1/fsm-connections",
                    admin,
                    Map.of("product", "atlas-cmms", "settings", script.settings(fsm.origin()))))
            .text("id");
    expect(200, hub.post("/api/v1/fsm-connections/" + connection + "/enable", admin, ""));
    device = hub.device(admin, Map.of("device_type", "oven"));
    expect(
        201,
        hub.post(
            "/api/v1/threshold-rules",
            admin,
            Map.of(
                "name", "Oven too hot",
                "condition", "temperature > 90",
                "event_type", "critical_fault",
                "severity", "critical",
                "cooldown_seconds", 3600,
                "scope", Map.of("device_type", "oven"))));
    await().atMost(LONG).untilAsserted(() -> assertThat(tooHot()).isEqualTo(1));
    misunderstoodAndMapped();
    gateway = gateway();
    await()
        .atMost(LONG)
        .until(
            () ->
                hub.count(
                        "select count(*) from actions where tenant_id = ? and state = 'ACCEPTED'",
                        tenant)
                    > 0);
    hub.bean(FigureClock.class).look();
  }

  private void misunderstoodAndMapped() throws Exception {
    Registered pump = hub.device(admin, Map.of("manufacturer", "Brisk", "model", "FlowMate"));
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), pump.id(), pump.token())) {
      for (String payload : List.of("no JSON", "{\"hydraulics\": {\"flow\": 41.5}}")) {
        mqtt.publish("t/" + tenant + "/d/" + pump.id() + "/telemetry", payload)
            .get(60, TimeUnit.SECONDS);
      }
    }
  }

  private String gateway() {
    String serial = RunningHub.unique("GW");
    String path = "/api/v1/gateways/" + serial;
    expect(201, hub.post("/api/v1/gateways", admin, Map.of("serial", serial)));
    expect(
        200,
        hub.post(
            path + "/health",
            admin,
            Map.of("spool", Map.of("records", 9, "bytes", 900, "max_bytes", 1000, "dropped", 1))));
    Map<String, Object> record =
        Map.of(
            "seq",
            1,
            "device",
            "nobody",
            "kind",
            "telemetry",
            "body",
            Map.of("device_id", "nobody"));
    expect(
        200,
        hub.post(
            path + "/batch",
            admin,
            Map.of("epoch", UUID.randomUUID(), "floor", 1, "records", List.of(record))));
    return serial;
  }

  /** Leaves an action for a person. */
  void hold() {
    hub.owner()
        .sql("update actions set state = 'HELD' where tenant_id = ? and state = 'ACCEPTED'")
        .param(tenant)
        .update();
  }

  /** The rule may not be in force yet. */
  private long tooHot() {
    say(Map.of("temperature", 95));
    return hub.count("select count(*) from events where tenant_id = ?", tenant);
  }

  /** The device says something of now. */
  void say(Map<String, Object> metrics) {
    expect(
        202,
        hub.ingest(
            device.token(),
            List.of(
                Map.of(
                    "device_id",
                    device.serial(),
                    "timestamp",
                    Instant.now().toString(),
                    "metrics",
                    metrics))));
  }

  private static Answer expect(int status, Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    return answer;
  }

  /** What Prometheus would get now. */
  String scrape() {
    return expect(200, hub.get("/actuator/prometheus", hub.admin())).body();
  }

  /** The value of a sample with these labels, as they are in the scrape. */
  double sample(String nameAndLabels) {
    return scrape()
        .lines()
        .filter(line -> line.startsWith(nameAndLabels + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    hub.owner()
        .sql("update fsm_connections set state = 'paused' where tenant_id = ?")
        .param(tenant)
        .update();
    fsm.close();
  }
}
