package io.caravanhub.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What rules on gateways notice, as the whole hub takes it. */
class GatewayEventsTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RunningHub hub = RunningHub.get();
  private final LabGateway gateway = new LabGateway();

  @Test
  void eventsOfAGatewayAreEventsOnceRaisedAndCleared() {
    Registered device = gateway.device();
    Map<String, Object> raised = event(Instant.now().minusSeconds(60), "raised");

    gateway.post(
        "batch", gateway.batch(List.of(gateway.record(1, device.serial(), "event", raised))));
    gateway.post(
        "batch", gateway.batch(List.of(gateway.record(2, device.serial(), "event", raised))));
    assertThat(events(device)).isEqualTo(1);
    assertThat(status(device)).isEqualTo("open");

    gateway.post(
        "batch",
        gateway.batch(
            List.of(gateway.record(3, device.serial(), "event", event(Instant.now(), "cleared")))));
    assertThat(status(device)).isEqualTo("resolved");
    assertThat(events(device)).isEqualTo(1);
  }

  @Test
  void whatAGatewayRaisedTheSameRuleInTheHubDoesNotRaiseAgain() {
    Registered device = gateway.device(Map.of("device_type", "refrigerated_case"));
    Instant opened = Instant.now().minusSeconds(1_500);
    gateway.post("batch", gateway.batch(List.of(doorOpen(1, device, opened, 600, "raised"))));
    Map<String, Object> readings = gateway.batch(door(2, device, opened, 16, 1));
    gateway.post("batch", readings);
    await().atMost(LONG).until(() -> toldBy(device).equals(gateway.serial + " and the hub"));
    assertThat(events(device)).isEqualTo(1);

    gateway.post("batch", gateway.batch(List.of(doorOpen(20, device, opened, 960, "cleared"))));
    assertThat(status(device)).isEqualTo("resolved");
    hub.owner()
        .sql("delete from gateway_sequences where gateway_id = ?::uuid")
        .params(gateway.id)
        .update();
    gateway.post("batch", readings);
    gateway.post("batch", gateway.batch(List.of(doorOpen(1, device, opened, 600, "raised"))));
    gateway.post("batch", gateway.batch(door(30, device, opened.plusSeconds(960), 2, 0)));
    assertThat(events(device)).isEqualTo(1);
    assertThat(status(device)).isEqualTo("resolved");
  }

  @Test
  void whatTheHubRaisedByTheSameRuleAGatewayDoesNotRaiseAgain() {
    Registered device = gateway.device(Map.of("device_type", "refrigerated_case"));
    Instant opened = Instant.now().minusSeconds(1_500);
    gateway.post("batch", gateway.batch(door(1, device, opened, 16, 1)));
    await().atMost(LONG).until(() -> events(device) == 1);
    gateway.post("batch", gateway.batch(List.of(doorOpen(20, device, opened, 600, "raised"))));
    assertThat(events(device)).isEqualTo(1);
    gateway.post("batch", gateway.batch(List.of(doorOpen(21, device, opened, 960, "cleared"))));
    assertThat(status(device)).isEqualTo("resolved");
  }

  @Test
  void whatAGatewayAloneNoticedTheHubDoesNotEnd() {
    Registered device = gateway.device(Map.of("device_type", "refrigerated_case"));
    Instant opened = Instant.now().minusSeconds(1_500);
    gateway.post("batch", gateway.batch(List.of(doorOpen(1, device, opened, 600, "raised"))));
    gateway.post("batch", gateway.batch(door(2, device, opened.plusSeconds(660), 3, 0)));
    assertThat(status(device)).isEqualTo("open");
    gateway.post("batch", gateway.batch(List.of(doorOpen(20, device, opened, 960, "cleared"))));
    assertThat(status(device)).isEqualTo("resolved");
  }

  /** The shipped rule, on a gateway that saw the door open three seconds before the hub did. */
  private Map<String, Object> doorOpen(
      int seq, Registered device, Instant opened, int seconds, String state) {
    Map<String, Object> event = new HashMap<>(event(opened.plusSeconds(seconds), state));
    event.put("rule", "case-door-open");
    event.put("family", "case_door");
    event.put("onset", opened.minusSeconds(3).toString());
    return gateway.record(seq, device.serial(), "event", event);
  }

  private List<Map<String, Object>> door(
      int seq, Registered device, Instant from, int minutes, int open) {
    List<Map<String, Object>> records = new ArrayList<>();
    for (int minute = 0; minute < minutes; minute++) {
      Map<String, Object> body =
          Map.of(
              "device_id",
              device.serial(),
              "timestamp",
              from.plusSeconds(60L * minute).toString(),
              "measurements",
              List.of(Map.of("name", "door_open", "value", open)));
      records.add(gateway.record(seq + minute, device.serial(), "telemetry", body));
    }
    return records;
  }

  private String toldBy(Registered device) {
    return hub.owner()
        .sql(
            "select (evidence ->> 'gateway') || case when evidence ->> 'hub' = 'true' then ' and"
                + " the hub' else '' end from events where device_id = ?::uuid")
        .params(device.id())
        .query(String.class)
        .single();
  }

  @Test
  void whatADeviceBehindAGatewaySaysOfItsAlarmsIsItsEvents() {
    Registered device = gateway.device();
    Instant began = Instant.now().minusSeconds(60);
    Map<String, Object> alarm =
        Map.of("code", "analog-input:8", "severity", "high", "message", "FilterDrop: clogged");
    Map<String, Object> raised =
        Map.of(
            "timestamp",
            began.toString(),
            "alarms",
            Map.of("source", "bacnet", "whole", false, "active", List.of(alarm)));
    gateway.post(
        "batch", gateway.batch(List.of(gateway.record(1, device.serial(), "event", raised))));
    gateway.post(
        "batch", gateway.batch(List.of(gateway.record(2, device.serial(), "event", raised))));
    assertThat(events(device)).isEqualTo(1);
    assertThat(status(device)).isEqualTo("open");

    Map<String, Object> whole =
        Map.of(
            "timestamp",
            began.plusSeconds(9).toString(),
            "alarms",
            Map.of("source", "bacnet", "whole", true, "active", List.of()));
    Map<String, Object> unreadable =
        Map.of("timestamp", began.toString(), "alarms", Map.of("source", "bacnet", "active", 1));
    gateway.post(
        "batch",
        gateway.batch(
            List.of(
                gateway.record(3, device.serial(), "event", whole),
                gateway.record(4, device.serial(), "event", unreadable))));
    assertThat(status(device)).isEqualTo("resolved");
    assertThat(events(device)).isEqualTo(1);
    assertThat(gateway.letters(device.serial())).isEqualTo(1);
  }

  @Test
  void aRuleOfTheHubsOwnIsRefused() {
    Registered device = gateway.device();
    Map<String, Object> event = new HashMap<>(event(Instant.now(), "raised"));
    event.put("rule", "event-storm");

    gateway.post(
        "batch", gateway.batch(List.of(gateway.record(1, device.serial(), "event", event))));

    assertThat(events(device)).isZero();
    assertThat(gateway.letters(device.serial())).isEqualTo(1);
  }

  @Test
  void anEventThatCannotBeUsedIsADeadLetter() {
    Registered device = gateway.device();
    List<Map<String, Object>> events =
        List.of(
            Map.of("timestamp", "yesterday", "rule", "hot"),
            Map.of("timestamp", 1_700_000_000_000_000_000L, "rule", "hot"),
            Map.of("timestamp", Instant.now().toString(), "onset", 1e14, "rule", "hot"));

    Answer answer =
        gateway.post(
            "batch",
            gateway.batch(
                List.of(
                    gateway.record(1, device.serial(), "event", events.get(0)),
                    gateway.record(2, device.serial(), "event", events.get(1)),
                    gateway.record(3, device.serial(), "event", events.get(2)),
                    gateway.reading(4, device.serial()))));

    assertThat(answer.body()).isEqualTo("{\"stored\":1,\"duplicates\":0,\"dead\":3}");
    assertThat(gateway.replay(device.serial()).status()).isEqualTo(422);
  }

  private static Map<String, Object> event(Instant at, String state) {
    return Map.of(
        "rule",
        "hot",
        "severity",
        "high",
        "metric",
        "temperature",
        "value",
        91,
        "unit",
        "Cel",
        "threshold",
        90,
        "timestamp",
        at.toString(),
        "state",
        state,
        "message",
        "too hot");
  }

  private long events(Registered device) {
    return hub.count("select count(*) from events where device_id = ?::uuid", device.id());
  }

  private String status(Registered device) {
    return hub.owner()
        .sql("select status from events where device_id = ?::uuid")
        .params(device.id())
        .query(String.class)
        .single();
  }
}
