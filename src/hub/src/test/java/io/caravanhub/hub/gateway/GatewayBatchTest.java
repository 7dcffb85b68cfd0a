package io.caravanhub.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Batches out of gateways' spools, as the whole hub takes them. */
class GatewayBatchTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RunningHub hub = RunningHub.get();
  private final LabGateway gateway = new LabGateway();

  @Test
  void storesABatchAndAcknowledgesItOverMqtt() throws Exception {
    Registered one = gateway.device();
    Registered two = gateway.device();
    List<Map<String, Object>> records = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      records.add(gateway.reading(i, i % 2 == 0 ? one.serial() : two.serial()));
    }
    try (MqttDevice mqtt = gateway.connect()) {
      taken(mqtt.publish(gateway.topic("batch"), LabGateway.packed(gateway.batch(records))));
    }
    assertThat(hub.rows(one)).isEqualTo(50);
    assertThat(hub.rows(two)).isEqualTo(50);
    assertThat(gateway.received()).isEqualTo("{[1,101)}");
  }

  @Test
  void keepsSeveralBatchesUnderWayAndSkipsWhatComesAgain() throws Exception {
    Registered device = gateway.device();
    double before = hub.counted("hub.gateway.records", "fate", "duplicate");
    try (MqttDevice mqtt = gateway.connect()) {
      List<CompletableFuture<Mqtt5PublishResult>> sent = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        byte[] batch =
            LabGateway.packed(gateway.readings(device.serial(), 1 + 50L * i, 51 + 50L * i));
        sent.add(mqtt.publish(gateway.topic("batch"), batch));
        sent.add(mqtt.publish(gateway.topic("batch"), batch));
      }
      for (CompletableFuture<Mqtt5PublishResult> each : sent) {
        taken(each);
      }
    }
    assertThat(hub.rows(device)).isEqualTo(400);
    assertThat(gateway.received()).isEqualTo("{[1,401)}");
    assertThat(hub.counted("hub.gateway.records", "fate", "duplicate")).isEqualTo(before + 400);
  }

  @Test
  void answersOverHttpWhatBecameOfTheRecords() {
    Registered device = gateway.device();

    Answer first = gateway.post("batch", gateway.readings(device.serial(), 1, 11));
    Answer again = gateway.post("batch", gateway.readings(device.serial(), 6, 16));

    assertThat(first.body()).isEqualTo("{\"stored\":10,\"duplicates\":0,\"dead\":0}");
    assertThat(again.body()).isEqualTo("{\"stored\":5,\"duplicates\":5,\"dead\":0}");
    assertThat(hub.rows(device)).isEqualTo(15);
  }

  @Test
  void cutsWhatTheSpoolHoldsNoMoreAndNeverTakesItAgain() {
    Registered device = gateway.device();
    gateway.post("batch", gateway.readings(device.serial(), 1, 11));
    Map<String, Object> later = gateway.readings(device.serial(), 21, 31);
    later.put("floor", 21);
    gateway.post("batch", later);

    assertThat(gateway.received()).isEqualTo("{[21,31)}");
    assertThat(gateway.post("batch", gateway.readings(device.serial(), 5, 9)).text("duplicates"))
        .isEqualTo("4");
  }

  @Test
  void theSameBatchAfterACrashBetweenCommitAndMarkMakesNoSecondRow() {
    Registered device = gateway.device();
    gateway.post("batch", gateway.readings(device.serial(), 1, 11));
    hub.owner()
        .sql("delete from gateway_sequences where gateway_id = ?::uuid")
        .params(gateway.id)
        .update();

    Answer again = gateway.post("batch", gateway.readings(device.serial(), 1, 11));

    assertThat(again.status()).isEqualTo(200);
    assertThat(hub.rows(device)).isEqualTo(10);
    assertThat(gateway.received()).isEqualTo("{[1,11)}");
  }

  @Test
  void aRawPayloadWithoutATimeIsOneReadingHoweverOftenItComes() {
    Registered device = gateway.device();
    Map<String, Object> raw = gateway.raw(1, device.serial(), "{\"metrics\":{\"temperature\":20}}");
    raw.put("received", System.currentTimeMillis() - 5_000);

    gateway.post("batch", gateway.batch(List.of(raw)));
    hub.owner()
        .sql("delete from gateway_sequences where gateway_id = ?::uuid")
        .params(gateway.id)
        .update();
    gateway.post("batch", gateway.batch(List.of(raw)));

    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void canonicalRecordsAreNotMappedAndRawOnesAre() {
    Registered sensor = gateway.device(Map.of("manufacturer", "Milesight", "model", "EM300-TH"));
    Map<String, Object> mapped = Map.of("mapping", "acme/none");
    Registered canonical = gateway.device(mapped);

    Answer answer =
        gateway.post(
            "batch",
            gateway.batch(
                List.of(
                    gateway.reading(1, canonical.serial()),
                    gateway.raw(2, sensor.serial(), "{\"temperature\": 21.5, \"humidity\": 40}"))));

    // The mapping that the device names is not there: a raw message of its would be a dead letter.
    assertThat(answer.text("stored")).as(answer.body()).isEqualTo("2");
    assertThat(hub.rows(canonical)).isEqualTo(1);
    assertThat(hub.rows(sensor)).isPositive();
  }

  @Test
  void whatCannotBeUsedIsADeadLetterThatCanBeReplayedAndTheRestIsStored() {
    Registered device = gateway.device();
    Registered strangers = hub.device("sensor");
    String unknown = RunningHub.unique("LATER");
    Map<String, Object> wrong =
        gateway.record(4, device.serial(), "telemetry", Map.of("measurements", "none"));

    Answer answer =
        gateway.post(
            "batch",
            gateway.batch(
                List.of(
                    gateway.reading(1, device.serial()),
                    gateway.reading(2, strangers.serial()),
                    gateway.reading(3, unknown),
                    wrong,
                    gateway.raw(5, device.serial(), "not json"),
                    gateway.record(6, device.serial(), "song", Map.of()),
                    gateway.reading(7, device.serial()))));

    assertThat(answer.body()).isEqualTo("{\"stored\":2,\"duplicates\":0,\"dead\":5}");
    assertThat(hub.rows(device)).isEqualTo(2);
    assertThat(hub.rows(strangers)).isZero();
    assertThat(gateway.received()).isEqualTo("{[1,8)}");
    assertThat(gateway.letters(strangers.serial())).isEqualTo(1);
    assertThat(gateway.letters(device.serial())).isEqualTo(3);
    // Of another's device: not by a replay either.
    assertThat(gateway.replay(strangers.serial()).status()).isEqualTo(422);
    assertThat(hub.rows(strangers)).isZero();
    Registered later = gateway.device(Map.of("device_serial", unknown));
    await().atMost(LONG).until(() -> gateway.replay(unknown).status() == 200);
    assertThat(hub.rows(later)).isEqualTo(1);
  }

  @Test
  void makesTheDevicesOfAGatewayWhereTheTenantWantsItSo() {
    String tenant = RunningHub.unique("t");
    LabGateway own = new LabGateway(tenant, hub.token(tenant, "admin"));
    hub.owner().sql("update tenants set auto_register = true where id = ?").params(tenant).update();

    Answer answer = own.post("batch", own.batch(List.of(own.reading(1, "NEW-1"))));

    assertThat(answer.text("stored")).isEqualTo("1");
    assertThat(hub.get("/api/v1/devices/NEW-1", own.admin).text("gateway_id")).isEqualTo(own.id);
  }

  @Test
  void aBatchThatCannotBeReadIsOneDeadLetterAndAcknowledged() throws Exception {
    try (MqttDevice mqtt = gateway.connect()) {
      taken(mqtt.publish(gateway.topic("batch"), "{\"epoch\": \"x\", \"records\": []}"));
      taken(mqtt.publish(gateway.topic("batch"), new byte[] {0x1f, (byte) 0x8b, 1, 2, 3}));
    }
    assertThat(gateway.post("batch", "{\"records\": [").text("dead")).isEqualTo("1");
    assertThat(gateway.letters(gateway.serial)).isEqualTo(3);
  }

  @Test
  void speaksForItselfOnly() {
    LabGateway other = new LabGateway();
    String tenant = RunningHub.unique("t");
    LabGateway abroad = new LabGateway(tenant, hub.token(tenant, "admin"));
    for (String what : List.of("batch", "clock", "health")) {
      for (LabGateway not : List.of(other, abroad)) {
        Answer answer =
            hub.post(
                "/api/v1/gateways/" + not.serial + "/" + what, gateway.token, Map.of("sent", 1));
        assertThat(answer.status()).as(what).isEqualTo(403);
        assertThat(answer.isProblem()).isTrue();
      }
    }
    assertThat(hub.get("/api/v1/gateways/" + abroad.serial, hub.admin()).status()).isEqualTo(404);
    try (MqttDevice mqtt = gateway.connect()) {
      for (LabGateway not : List.of(other, abroad)) {
        assertThat(mqtt.publish(not.topic("batch"), "{}").handle((r, failure) -> failure != null))
            .succeedsWithin(LONG)
            .isEqualTo(true);
      }
    }
  }

  @Test
  void aRecordNestedTooDeepIsADeadLetterAlone() {
    Registered device = gateway.device();
    Object deep = List.of();
    for (int i = 0; i < 900; i++) {
      deep = List.of(deep);
    }

    Answer answer =
        gateway.post(
            "batch",
            gateway.batch(
                List.of(
                    gateway.record(1, device.serial(), "telemetry", Map.of("measurements", deep)),
                    gateway.reading(2, device.serial()))));

    assertThat(answer.body()).isEqualTo("{\"stored\":1,\"duplicates\":0,\"dead\":1}");
  }

  @Test
  void aFloorAboveTheBatchItselfCutsNothing() {
    Registered device = gateway.device();
    Map<String, Object> batch = gateway.readings(device.serial(), 1, 11);
    batch.put("floor", 1_000);

    gateway.post("batch", batch);

    assertThat(gateway.received()).isEqualTo("{[1,11)}");
    assertThat(gateway.post("batch", gateway.readings(device.serial(), 11, 21)).text("stored"))
        .isEqualTo("10");
  }

  @Test
  void howFarAClockWasOffStaysWithTheRecordAndAnUnknownOneIsCounted() {
    String tenant = RunningHub.unique("t-clock");
    String admin = hub.token(tenant, "admin");
    hub.send(
        "PATCH",
        "/api/v1/tenant/settings",
        admin,
        RunningHub.publisher(Map.of("raw_archive", Map.of("enabled", true))));
    LabGateway other = new LabGateway(tenant, admin);
    Registered device = other.device();
    double before = hub.counted("hub.gateway.clock.unknown");

    other.post("batch", other.batch(List.of(clocked(other, 1, device, 1_500))));
    other.post("batch", other.batch(List.of(clocked(other, 2, device, null))));

    assertThat(
            hub.owner()
                .sql(
                    "select convert_from(payload, 'UTF8')::jsonb #>> '{metadata,clock,offset_ms}'"
                        + " from raw_messages where tenant_id = ?")
                .params(tenant)
                .query(String.class)
                .list())
        .containsExactlyInAnyOrder("1500", null);
    assertThat(hub.counted("hub.gateway.clock.unknown")).isEqualTo(before + 1);
  }

  private static Map<String, Object> clocked(
      LabGateway of, int seq, Registered device, @Nullable Integer offset) {
    Map<String, Object> clock = new HashMap<>();
    clock.put("offset_ms", offset);
    Map<String, Object> body =
        Map.of(
            "device_id",
            device.serial(),
            "timestamp",
            of.began.plusSeconds(seq).toString(),
            "measurements",
            List.of(Map.of("name", "temperature", "value", 20)),
            "metadata",
            Map.of("clock", clock));
    return of.record(seq, device.serial(), "telemetry", body);
  }

  @Test
  void acknowledgesNothingWhileTheStoreIsAway() throws Exception {
    Registered device = gateway.device();
    byte[] batch = LabGateway.packed(gateway.readings(device.serial(), 1, 11));
    try (MqttDevice mqtt = gateway.connect()) {
      hub.toDatabase().refuse();
      CompletableFuture<Mqtt5PublishResult> sent = mqtt.publish(gateway.topic("batch"), batch);
      await()
          .during(Duration.ofSeconds(2))
          .atMost(LONG)
          .until(() -> !sent.isDone() || sent.isCompletedExceptionally());
      assertThat(gateway.post("batch", gateway.batch(List.of())).status()).isEqualTo(503);
    } finally {
      hub.databaseIsBack();
    }
    try (MqttDevice mqtt = gateway.connect()) {
      taken(mqtt.publish(gateway.topic("batch"), batch));
    }
    assertThat(hub.rows(device)).isEqualTo(10);
    assertThat(gateway.received()).isEqualTo("{[1,11)}");
  }

  private static void taken(CompletableFuture<Mqtt5PublishResult> sent) throws Exception {
    assertThat(sent.get(60, TimeUnit.SECONDS).getError()).isEmpty();
  }
}
