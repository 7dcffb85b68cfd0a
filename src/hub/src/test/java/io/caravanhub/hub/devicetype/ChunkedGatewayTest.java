package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages that come in several, over MQTT into the running hub. */
class ChunkedGatewayTest {
  private static final int BEACONS = 2_000;
  private static final int CHUNKS = 67;

  private final TypesFixture types = new TypesFixture();
  private Registered gateway;

  @BeforeEach
  void describe() {
    types.autoRegister();
    types.type(type(60, "array", Map.of()));
    gateway = types.device("ble-gateway");
  }

  private static Map<String, Object> type(int timeout, String merge, Map<String, Object> more) {
    Map<String, Object> type = new HashMap<>(more);
    type.put("name", "ble-gateway");
    type.put("processing_mode", "gateway_chunked");
    type.put(
        "demultiplexing",
        Map.of("split", "beacons", "id", "mac", "scope", "tenant", "device_type", "beacon"));
    type.put(
        "chunking",
        Map.of(
            "correlation_id",
            "msg",
            "sequence",
            "part.no",
            "total",
            "part.of",
            "data",
            "beacons",
            "merge",
            merge,
            "timeout_seconds",
            timeout));
    type.put(
        "mapping",
        Map.of("jsonata", "{\"metrics\": {\"signal_strength\": rssi, \"temperature\": t}}"));
    return type;
  }

  private static List<Object> chunks(String id, int beacons, int count) {
    List<Object> chunks = new ArrayList<>();
    for (int c = 0; c < count; c++) {
      List<Object> some = new ArrayList<>();
      for (int b = c; b < beacons; b += count) {
        some.add(Map.of("mac", "mac-" + b, "rssi", -40 - b % 50, "t", b % 40));
      }
      chunks.add(Map.of("msg", id, "part", Map.of("no", c + 1, "of", count), "beacons", some));
    }
    return chunks;
  }

  @Test
  void twoThousandBeaconsInSixtySevenChunksShuffledAndTwiceAreOneMessage() {
    List<Object> sent = chunks("m-1", BEACONS, CHUNKS);
    sent.addAll(sent.subList(0, 20));
    Collections.shuffle(sent, new Random(7));

    types.publish(gateway, sent.subList(0, 40));
    // What the hub remembers of devices and types is read anew; of chunks it remembers nothing.
    types.hub.bean(DeviceTypes.class).forget(types.tenant);
    types.hub.bean(DeviceDirectory.class).forget();
    assertThat(types.rows()).isZero();
    types.publish(gateway, sent.subList(40, sent.size()));

    assertThat(types.rows()).isEqualTo(2 * BEACONS);
    assertThat(types.value("mac-1999", "temperature")).isEqualTo(1999 % 40);
    assertThat(types.virtualDevices(gateway)).hasSize(BEACONS);
    assertThat(
            types.hub.count(
                "select count(distinct t.batch_id) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ?",
                types.tenant))
        .isEqualTo(1);
    assertThat(types.letters()).isEmpty();
  }

  @Test
  void aMessageWhoseChunkIsMissingIsADeadLetterWithWhatDidArriveAndCanBeMended() {
    shortTimeout();
    List<Object> sent = chunks("m-2", 30, 5);
    Object missing = sent.remove(2);

    types.publish(gateway, sent);

    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> types.letters().size() == 1);
    assertThat(types.letters().get(0))
        .isEqualTo(
            "part.no: 4 of 5 chunks of message \"m-2\" are there; missing 3, 1 s after the last that came");
    assertThat(types.rows()).isZero();

    String letter =
        types.hub.get("/api/v1/dead-letters", types.admin).json().at("/items/0/id").asText();
    Answer again =
        types.hub.post("/api/v1/dead-letters/" + letter + "/replay", types.admin, Map.of());
    assertThat(again.status()).as(again.body()).isEqualTo(422);
    sent.add(missing);
    again =
        types.hub.post(
            "/api/v1/dead-letters/" + letter + "/replay",
            types.admin,
            Map.of("payload", json(sent)));
    assertThat(again.status()).as(again.body()).isEqualTo(200);
    assertThat(types.rows()).isEqualTo(60);
  }

  @Test
  void anIdThatIsUsedAgainForAnotherMessageIsANewMessage() {
    types.publish(gateway, chunks("m-3", 10, 2));
    types.publish(gateway, chunks("m-3", 20, 2));

    assertThat(types.virtualDevices(gateway)).hasSize(20);
    assertThat(types.letters()).isEmpty();
  }

  @Test
  void aChunkThatDoesNotGoWithTheOthersIsADeadLetterOfItsOwn() {
    List<Object> sent = chunks("m-4", 10, 2);

    types.publish(
        gateway,
        List.of(
            sent.get(0),
            Map.of("msg", "m-4", "part", Map.of("no", 1, "of", 2), "beacons", List.of()),
            Map.of("msg", "m-4", "part", Map.of("no", 3, "of", 2), "beacons", List.of()),
            Map.of("msg", "m-4", "part", Map.of("no", 2, "of", 2), "beacons", "none"),
            sent.get(1)));

    assertThat(types.rows()).isEqualTo(20);
    assertThat(types.letters())
        .containsExactly(
            "part.no: chunk 1 of message \"m-4\" is there already, with other content",
            "part.no: expected a whole number from 1 to 2, got 3",
            "beacons: expected an array, got \"none\"");
  }

  @Test
  void aWholeMessageThatCannotBeUsedIsOneDeadLetterOfTheWhole() {
    List<Object> sent = new ArrayList<>(chunks("m-5", 4, 2));

    types.put(
        "/api/v1/device-types/ble-gateway",
        "*",
        type(60, "array", Map.of("message_schema", Map.of("required", List.of("site")))));
    types.publish(gateway, sent);
    types.publish(gateway, sent);

    assertThat(types.letters()).hasSize(1);
    assertThat(types.letters().get(0)).startsWith("site: message_schema: ");
    assertThat(
            types.hub.count(
                "select count(*) from dead_letters where tenant_id = ? and convert_from(payload, 'UTF8') like '%mac-3%'",
                types.tenant))
        .isEqualTo(1);
  }

  @Test
  void whatWasCompleteWhenTheHubEndedIsTakenUp() {
    List<Object> sent = chunks("m-6", 6, 2);
    types.publish(gateway, sent.subList(0, 1));
    types
        .hub
        .owner()
        .sql(
            """
            insert into telemetry_chunks (tenant_id, device_id, correlation_id, sequence, hash, payload)
            select tenant_id, device_id, correlation_id, 1, '', convert_to(?, 'UTF8') from chunk_sets where tenant_id = ?\
            """)
        .params(json(sent.get(1)), types.tenant)
        .update();
    types
        .hub
        .owner()
        .sql("update chunk_sets set state = 'complete', deadline = now() where tenant_id = ?")
        .params(types.tenant)
        .update();

    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> types.rows() == 12);
    assertThat(types.letters()).isEmpty();
  }

  @Test
  void aMessageMayBeCutAnywhereInItsText() {
    types.put("/api/v1/device-types/ble-gateway", "*", type(60, "text", Map.of()));
    String whole = "{\"beacons\": [{\"mac\": \"mac-A\", \"rssi\": -70, \"t\": 3}]}";

    for (int cut : List.of(20, 0)) {
      int no = cut == 0 ? 1 : 2;
      types.publish(
          gateway,
          Map.of(
              "msg",
              17,
              "part",
              Map.of("no", no, "of", 2),
              "beacons",
              no == 1 ? whole.substring(0, 20) : whole.substring(20)));
    }

    assertThat(types.value("mac-A", "signal_strength")).isEqualTo(-70);
  }

  @Test
  void theTimeInWhichTheHubIsAwayIsNotWaitedForChunks() throws Exception {
    List<Object> sent = chunks("m-7", 30, 5);
    CamelContext camel = types.hub.bean(CamelContext.class);
    camel.getRouteController().stopRoute("chunks-overdue");
    try {
      types.publish(gateway, sent.subList(0, 3));
      due("2 minutes");
      starting().look();
    } finally {
      camel.getRouteController().startRoute("chunks-overdue");
    }
    types.publish(gateway, sent.subList(3, 5));

    assertThat(types.letters()).isEmpty();
    assertThat(types.rows()).isEqualTo(60);
  }

  @Test
  void aSetThatHasAChunkMoreByNowIsNotGivenUp() {
    types.publish(gateway, chunks("m-8", 4, 2).subList(0, 1));
    ChunkSets.Key key = new ChunkSets.Key(UUID.fromString(gateway.id()), "m-8");

    boolean held =
        TenantScope.call(
            types.tenant,
            () ->
                new TransactionTemplate(types.hub.bean(PlatformTransactionManager.class))
                    .execute(
                        status -> types.hub.bean(ChunkSets.class).hold(key, true).isPresent()));

    assertThat(held).isFalse();
  }

  @Test
  void aSetThatCannotBeSettledDoesNotKeepTheOthersWaiting() {
    types.publish(gateway, chunks("m-9", 4, 2).subList(0, 1));
    types
        .hub
        .owner()
        .sql(
            "update chunk_sets set headers = '[]', deadline = now() - interval '1 hour' where tenant_id = ?")
        .params(types.tenant)
        .update();
    Registered other = types.device("ble-gateway");
    try {
      types.publish(other, chunks("m-10", 4, 2).subList(0, 1));

      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                due("1 minute");
                return types.letters().size() == 1;
              });
      assertThat(types.letters().get(0)).contains("m-10");
    } finally {
      types
          .hub
          .owner()
          .sql("delete from chunk_sets where tenant_id = ?")
          .params(types.tenant)
          .update();
    }
  }

  @Test
  void aChunkThatIsTheSameInTheNextMessageOfItsIdIsNotLost() {
    shortTimeout();
    List<Object> first = chunks("m-11", 4, 2);
    List<Object> second = List.of(first.get(0), chunks("m-11", 8, 2).get(1));

    types.publish(gateway, first);
    types.publish(gateway, second);

    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> types.rows() == 8 + 12);
    assertThat(types.letters()).isEmpty();
  }

  @Test
  void aChunkThatCameAgainIsNotInTheWayOfTheNextMessageOfItsId() {
    List<Object> first = chunks("m-12", 4, 2);
    List<Object> second = chunks("m-12", 8, 2);

    types.publish(gateway, first);
    types.publish(gateway, List.of(first.get(0), second.get(1), second.get(0)));

    assertThat(types.rows()).isEqualTo(8 + 16);
    assertThat(types.letters()).isEmpty();
  }

  /** As a hub has it that starts now. */
  private OverdueChunks starting() {
    return new OverdueChunks(
        types.hub.bean(JdbcClient.class),
        types.hub.bean(ChunkSets.class),
        types.hub.bean(DeviceDirectory.class),
        types.hub.bean(DeviceTypes.class),
        types.hub.bean(DeadLetters.class),
        types.hub.bean(ProducerTemplate.class),
        types.hub.bean(PlatformTransactionManager.class));
  }

  private void due(String ago) {
    types
        .hub
        .owner()
        .sql(
            "update chunk_sets set deadline = now() - ?::interval where tenant_id = ? and deadline > now()")
        .params(ago, types.tenant)
        .update();
  }

  private void shortTimeout() {
    types.put("/api/v1/device-types/ble-gateway", "*", type(1, "array", Map.of()));
  }

  private static String json(Object value) {
    return TypesFixture.JSON.valueToTree(value).toString();
  }
}
