package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bacnet.BacnetAddress;
import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetSettings;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.IAm;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.sim.bacnet.RooftopBacnetServer;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Alarms that devices tell themselves, in the whole hub. */
class DeviceAlarmsTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String FILTER = "alarm:bacnet:analog-input:8";

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-alarm");
  private final String admin = hub.token(tenant, "admin");

  @Test
  void anAlarmOfABacnetDeviceIsAnEventUntilTheDeviceIsNormalAgain() throws Exception {
    Plant plant = new Plant(1, FaultTimetable.none());
    RooftopBacnetServer unit = new RooftopBacnetServer(plant.unit("RTU-2"), 1002, 0);
    int port = Integer.parseInt(unit.address().split(":")[1]);
    try {
      Registered device = bacnet(unit.address());
      await().atMost(LONG).until(() -> reads(device) > 0);
      assertThat(events(device)).isEmpty();

      limit(port, 60);
      await().atMost(LONG).until(() -> events(device).size() == 1);
      JsonNode event = events(device).get(0);
      assertThat(event.path("active").asBoolean()).isTrue();
      assertThat(event.path("status").asText()).isEqualTo("open");
      assertThat(event.path("ruleId").asText()).isEqualTo(FILTER);
      assertThat(event.path("severity").asText()).isEqualTo("high");
      assertThat(event.path("message").asText()).isEqualTo("FilterDrop: Filter clogged");
      JsonNode alarm = event.path("evidence").path("alarm");
      assertThat(alarm.path("object").asText()).isEqualTo("analog-input:8");
      assertThat(alarm.path("state").asText()).isEqualTo("high-limit");
      assertThat(alarm.path("priority").asInt()).isEqualTo(100);
      assertThat(alarm.path("ack_required").asBoolean()).isTrue();
      assertThat(alarm.path("device_time").asText()).isEqualTo("#1");

      limit(port, 1_000);
      await().atMost(LONG).until(() -> !events(device).get(0).path("active").asBoolean());
      assertThat(events(device).get(0).path("status").asText()).isEqualTo("resolved");

      limit(port, 60);
      await().atMost(LONG).until(() -> events(device).get(0).path("active").asBoolean());
      unit.close();
      await().atMost(LONG).until(() -> state(device).equals("down"));
      // It comes back without the alarm, and nobody has told that.
      unit = new RooftopBacnetServer(plant.unit("RTU-2"), 1002, port);
      await().atMost(LONG).until(() -> !events(device).get(0).path("active").asBoolean());
      assertThat(events(device)).hasSize(1);
    } finally {
      unit.close();
    }
  }

  @Test
  void whatIsSaidTwiceIsOneEventAndTheWholeClearsWhatItDoesNotName() {
    Registered device = hub.device(admin, Map.of("device_type", "sensor"));
    DeviceAlarms alarms = hub.bean(DeviceAlarms.class);
    Instant began = Instant.now().minusSeconds(600);
    say(alarms, device, began, Map.of("active", List.of(alarm("a", "low"), alarm("b", "low"))));
    say(alarms, device, began.plusSeconds(5), Map.of("active", List.of(alarm("a", "critical"))));
    assertThat(told(device)).isEqualTo("a critical critical_fault, b low warning");

    // Told late, of a time before the alarm.
    say(alarms, device, began.minusSeconds(5), Map.of("cleared", List.of("a")));
    assertThat(told(device)).startsWith("a critical");
    say(
        alarms,
        device,
        began.plusSeconds(9),
        Map.of("whole", true, "active", List.of(alarm("b", "low"))));
    assertThat(told(device)).isEqualTo("b low warning");
    say(alarms, device, began.plusSeconds(19), Map.of("cleared", List.of("b", "unheard of")));
    assertThat(told(device)).isEmpty();
    assertThat(hub.count("select count(*) from events where device_id = ?::uuid", device.id()))
        .isEqualTo(2);
  }

  @Test
  void anAlarmThatComesBackWorseIsWorseAndOneOfATimeBeforeItClearedIsNotRaisedAnew() {
    Registered device = hub.device(admin, Map.of("device_type", "sensor"));
    DeviceAlarms alarms = hub.bean(DeviceAlarms.class);
    Instant began = Instant.now().minusSeconds(60);
    say(alarms, device, began, Map.of("active", List.of(alarm("a", "low"))));
    say(alarms, device, began.plusMillis(1), Map.of("cleared", List.of("a")));
    Map<String, Object> worse =
        Map.of("code", "a", "severity", "critical", "message", "a burns", "state", "fault");
    say(alarms, device, began.plusMillis(2), Map.of("active", List.of(worse)));
    assertThat(told(device)).isEqualTo("a critical critical_fault");
    assertThat(text(device, "message || ' ' || (evidence -> 'alarm' ->> 'state')"))
        .isEqualTo("a burns fault");
    say(alarms, device, began.plusMillis(3), Map.of("cleared", List.of("a")));

    // A letter that is sent again, of the first time.
    say(alarms, device, began, Map.of("active", List.of(alarm("a", "low"))));
    say(alarms, device, began.plusMillis(2), Map.of("active", List.of(worse)));
    assertThat(told(device)).isEmpty();
    assertThat(text(device, "status")).isEqualTo("resolved");
  }

  @Test
  void anAlarmThatPeopleHaveClosedDoesNotBecomeWorse() {
    Registered device = hub.device(admin, Map.of("device_type", "sensor"));
    DeviceAlarms alarms = hub.bean(DeviceAlarms.class);
    Instant began = Instant.now().minusSeconds(60);
    say(alarms, device, began, Map.of("active", List.of(alarm("a", "low"))));
    hub.post(
        "/api/v1/events/" + text(device, "id::text") + "/resolve", admin, Map.of("note", "fixed"));
    say(alarms, device, began.plusSeconds(5), Map.of("active", List.of(alarm("a", "critical"))));
    assertThat(text(device, "status || ' ' || severity")).isEqualTo("resolved low");
  }

  private String text(Registered device, String column) {
    return hub.owner()
        .sql("select " + column + " from events where device_id = ?::uuid")
        .params(device.id())
        .query(String.class)
        .single();
  }

  private static Map<String, Object> alarm(String code, String severity) {
    return Map.of("code", code, "severity", severity, "message", code + " is wrong");
  }

  private void say(DeviceAlarms alarms, Registered device, Instant at, Map<String, Object> said) {
    Map<String, Object> body = new java.util.HashMap<>(said);
    body.put("source", "bacnet");
    alarms.record(
        hub.bean(io.caravanhub.hub.registry.DeviceDirectory.class)
            .find(tenant, device.serial())
            .orElseThrow(),
        Map.of("timestamp", at.toString(), "alarms", body));
  }

  /** What is active. */
  private String told(Registered device) {
    return hub.owner()
        .sql(
            """
            select coalesce(string_agg(replace(rule_id, 'alarm:bacnet:', '') || ' ' || severity || ' ' || event_type, ', ' order by rule_id), '')
              from events where device_id = ?::uuid and resolved_at is null
            """)
        .params(device.id())
        .query(String.class)
        .single();
  }

  private Registered bacnet(String address) {
    return hub.device(
        admin,
        Map.of(
            "device_serial",
            RunningHub.unique("RTU"),
            "device_type",
            "rooftop_unit",
            "connection_type",
            "bacnet",
            "connection",
            Map.of("address", address, "map", "halden/aerotop.bacnet.yaml", "interval", "PT0.2S")));
  }

  private static void limit(int port, float pascal) throws Exception {
    try (BacnetClient client = BacnetClient.open(BacnetSettings.of(Duration.ofSeconds(3)))) {
      BacnetAddress at = BacnetAddress.of(new InetSocketAddress("127.0.0.1", port));
      client
          .device(new IAm(at, 1002, 480, 1, 555))
          .write(
              PropertyReference.of(ObjectId.parse("analog-value:2"), BacnetProperty.PRESENT_VALUE),
              new BacnetValue.Real(pascal),
              8)
          .get(30, TimeUnit.SECONDS);
    }
  }

  private List<JsonNode> events(Registered device) {
    List<JsonNode> events = new java.util.ArrayList<>();
    hub.get("/api/v1/events?family=alarm:bacnet&device=" + device.serial(), admin)
        .json()
        .path("items")
        .forEach(events::add);
    return events;
  }

  private long reads(Registered device) {
    return line(device).path("reads").asLong();
  }

  private String state(Registered device) {
    return line(device).path("state").asText();
  }

  private JsonNode line(Registered device) {
    for (JsonNode line : hub.get("/api/v1/fieldbus", admin).json().path("items")) {
      if (line.path("device").asText().equals(device.serial())) {
        return line;
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }
}
