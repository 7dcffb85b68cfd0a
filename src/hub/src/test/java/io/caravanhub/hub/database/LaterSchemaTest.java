package io.caravanhub.hub.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A hub on a database that a later version has brought further, and brings further under it. */
@ExtendWith(OutputCaptureExtension.class)
class LaterSchemaTest {

  @Test
  void startsOnALaterVersionsSchemaAndGoesOnWhileItIsMigratedFurther(CapturedOutput output)
      throws Exception {
    String database = TestDatabase.server().create();
    migrate(database, "9000");
    RunningHub hub = RunningHub.on(database, "--camel.main.name=on-later-schema");
    try {
      assertThat(output)
          .contains(
              "The database is of a later version of the hub and is used as it is: V9000 (a later"
                  + " version) is not known here");
      Registered device = works(hub);
      // As often as it takes the driver to have plans of its statements kept.
      for (int i = 0; i < 8; i++) {
        measure(hub, device, 100 + i);
      }
      migrate(database, "latest");
      for (int i = 0; i < 8; i++) {
        measure(hub, device, 200 + i);
      }
      assertThat(hub.rows(device)).isEqualTo(18);
      works(hub);
      assertThat(hub.count("select count(*) from later_things")).isEqualTo(4);
    } finally {
      hub.stop();
    }
  }

  private static void migrate(String database, String version) {
    Flyway.configure()
        .dataSource(TestDatabase.server().database(database))
        .locations(
            "filesystem:" + TestDatabase.root().resolve("db/migration"), "classpath:db/future")
        .javaMigrations(new MetricRows())
        .target(version)
        .load()
        .migrate();
  }

  /** Registers, ingests by HTTP and MQTT, raises an event by a rule, and answers. */
  private static Registered works(RunningHub hub) throws Exception {
    Registered device = hub.device("pump");
    measure(hub, device, 0);
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish("t/default/d/" + device.id() + "/telemetry", message(device, 1, 20))
          .get(30, TimeUnit.SECONDS);
    }
    assertThat(hub.rows(device)).isEqualTo(2);
    for (String path :
        List.of(
            "/devices/" + device.id(),
            "/devices/" + device.id() + "/telemetry/latest",
            "/dead-letters",
            "/connections",
            "/actions",
            "/rules",
            "/assets")) {
      Answer answer = hub.get("/api/v1" + path, hub.admin());
      assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
    }
    String type = RunningHub.unique("later");
    Answer rule =
        hub.post(
            "/api/v1/threshold-rules",
            hub.admin(),
            Map.of(
                "name", type,
                "condition", "temperature > 90",
                "scope", Map.of("device_type", type),
                "event_type", "warning",
                "severity", "low"));
    assertThat(rule.status()).as(rule.body()).isEqualTo(201);
    Registered hot = hub.device(type);
    AtomicInteger second = new AtomicInteger();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              measure(hub, hot, second.incrementAndGet(), 95);
              return hub.count("select count(*) from events where device_id::text = ?", hot.id())
                  > 0;
            });
    return device;
  }

  private static void measure(RunningHub hub, Registered device, int second) {
    measure(hub, device, second, 20);
  }

  private static void measure(RunningHub hub, Registered device, int second, int value) {
    Answer answer = hub.ingest(device.token(), message(device, second, value));
    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    Answer read = hub.get("/api/v1/devices/" + device.id(), hub.admin());
    assertThat(read.status()).as(read.body()).isEqualTo(200);
  }

  private static String message(Registered device, int second, int value) {
    return "{\"device_id\":\"%s\",\"timestamp\":\"%s\",\"metrics\":{\"temperature\":%d}}"
        .formatted(device.id(), Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second), value);
  }
}
