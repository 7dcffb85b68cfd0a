package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.observability.Expressions;
import io.caravanhub.hub.observability.Expressions.Query;
import io.caravanhub.hub.observability.Prometheus;
import io.caravanhub.testkit.network.TcpProxy;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole hub whose stages are on a real Kafka, which is not there when the hub starts. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(300)
class HubOnKafkaTest {
  @TempDir static Path folder;

  private static KafkaBroker kafka;
  private static TcpProxy toKafka;
  private static RunningHub hub;

  @BeforeAll
  static void start() throws Exception {
    kafka = new KafkaBroker(folder.resolve("kafka"));
    String[] broker = kafka.address().split(":");
    toKafka = new TcpProxy("127.0.0.1", Integer.parseInt(broker[1]));
    toKafka.refuse();
    hub =
        RunningHub.another(
            "--camel.main.name=on-kafka",
            "--spring.profiles.active=kafka",
            "--hub.kafka=127.0.0.1:" + toKafka.port(),
            "--hub.kafka.partitions=3",
            "--hub.kafka.consumers=3");
  }

  @AfterAll
  static void stop() throws Exception {
    hub.stop();
    toKafka.close();
    kafka.close();
  }

  @Test
  @Order(1)
  void waitsForKafkaRefusesMeanwhileAndGoesOnByItself() {
    Registered device = hub.device("sensor");
    try {
      refusesMeanwhile(device);
    } finally {
      toKafka.restore();
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> readiness().status() == 200);
    assertThat(kafkaUp()).isEqualTo(1);

    Answer taken = hub.ingest(device.token(), message(device, 2));
    assertThat(taken.status()).isEqualTo(202);
    assertThat(taken.json().path("accepted").asInt()).isEqualTo(1);
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 1);
  }

  private static void refusesMeanwhile(Registered device) {
    assertThat(readiness().status()).isEqualTo(503);
    await()
        .untilAsserted(
            () ->
                assertThat(kafkaHealth().at("/details/reason").asText())
                    .contains("127.0.0.1:" + toKafka.port()));
    assertThat(kafkaHealth().path("status").asText()).isEqualTo("DOWN");
    assertThat(kafkaUp()).isZero();

    Answer refused = hub.ingest(device.token(), message(device, 0));
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.retryAfter()).isNotEmpty();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      assertThatThrownBy(
              () -> mqtt.publish(topic(device), message(device, 1)).get(30, TimeUnit.SECONDS))
          .hasMessageContaining("PUBACK contained an Error Code");
    }
  }

  private static double kafkaUp() {
    return hub.bean(MeterRegistry.class).get("hub.kafka.up").gauge().value();
  }

  private static JsonNode kafkaHealth() {
    return hub.get("/actuator/health", hub.admin()).json().at("/components/kafka");
  }

  @Test
  @Order(2)
  void givesThePartitionsOfASilentHubUpAfterSixSecondsAndHasTheConsumersThatAreSet() {
    for (String route : List.of("take-raw", "take-normalized")) {
      KafkaEndpoint endpoint =
          (KafkaEndpoint) hub.bean(CamelContext.class).getRoute(route).getEndpoint();
      assertThat(endpoint.getConfiguration().createConsumerProperties())
          .containsEntry("session.timeout.ms", 6000)
          .containsEntry("heartbeat.interval.ms", 1000);
      assertThat(endpoint.getConfiguration().getConsumersCount()).isEqualTo(3);
    }
  }

  @Test
  @Order(3)
  void storesWhatComesOverMqttAndKeepsTheOrderOfEachDevice() throws Exception {
    List<Registered> devices = List.of(hub.device("sensor"), hub.device("sensor"));
    List<CompletableFuture<?>> acknowledged = new ArrayList<>();
    List<MqttDevice> clients = new ArrayList<>();
    for (Registered device : devices) {
      MqttDevice client = MqttDevice.connect(hub.mqttPort(), device.id(), device.token());
      clients.add(client);
      for (int i = 0; i < 200; i++) {
        acknowledged.add(client.publish(topic(device), message(device, i)));
      }
    }
    CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new))
        .get(60, TimeUnit.SECONDS);
    clients.forEach(MqttDevice::close);

    try (TopicReader normalized = new TopicReader(kafka.address(), KafkaTopics.NORMALIZED)) {
      for (Registered device : devices) {
        await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 200);
        String key = "default/" + device.id();
        await().atMost(Duration.ofSeconds(30)).until(() -> normalized.of(key).size() == 200);
        assertThat(
                normalized.of(key).stream()
                    .map(record -> TelemetryJson.read(record.value()).measurements().get(0).ts()))
            .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> at(i)).toList());
        assertThat(normalized.of(key))
            .allMatch(r -> TopicReader.header(r, "hub-schema").equals("normalized/1"))
            .allMatch(r -> TopicReader.header(r, "hub-tenant").equals("default"))
            .allMatch(r -> r.headers().toArray().length == 2)
            .allSatisfy(r -> assertThat(problems("normalized-1", r)).isEmpty());
      }
    }
    for (String group : List.of("hub", "hub.store")) {
      Gauge lag =
          hub.bean(MeterRegistry.class).get("hub.kafka.lag.records").tag("group", group).gauge();
      await().atMost(Duration.ofSeconds(40)).until(() -> lag.value() == 0);
    }
  }

  @Test
  @Order(4)
  void theDashboardsShowWhatWaitsInKafka() throws Exception {
    List<String> asked =
        Expressions.ofPanels().values().stream()
            .map(Query::asked)
            .filter(text -> Expressions.OF_KAFKA.stream().anyMatch(text::contains))
            .toList();
    assertThat(asked).isNotEmpty();
    try (Prometheus prometheus = Prometheus.scraping(hub.uri("/"), "1s", folder)) {
      for (String text : asked) {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () -> {
                  Prometheus.Result result = prometheus.query(text);
                  assertThat(result.error()).as(text).isEmpty();
                  assertThat(result.series()).as(text).isEqualTo(2);
                });
      }
    }
  }

  @Test
  @Order(5)
  void acknowledgesWhileTheDatabaseIsAwayAndStoresItOnceWhenItIsBack() throws Exception {
    Registered device = hub.device("sensor");
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish(topic(device), message(device, 0)).get(30, TimeUnit.SECONDS);
      await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 1);
      hub.toDatabase().refuse();
      hub.toDatabase().cut();
      try {
        for (int i = 1; i < 50; i++) {
          mqtt.publish(topic(device), message(device, i)).get(30, TimeUnit.SECONDS);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> age("hub.store") > 3);
        double before = age("hub.store");
        await().atMost(Duration.ofSeconds(60)).until(() -> age("hub.store") > before + 3);
      } finally {
        hub.databaseIsBack();
      }
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 50);
    assertThat(hub.count("select count(*) from dead_letters where device = ?", device.id()))
        .isZero();
    await().atMost(Duration.ofSeconds(60)).until(() -> age("hub.store") == 0);
  }

  /** Of the oldest record of the group that the hub has in hand, in seconds. */
  private static double age(String group) {
    return hub.bean(MeterRegistry.class).get("hub.kafka.lag").tag("group", group).gauge().value();
  }

  @Test
  @Order(6)
  void recordsThatAreNotTheHubsBecomeDeadLettersAndStopNoPartition() throws Exception {
    Registered device = hub.device("sensor");
    String stranger = RunningHub.unique("stranger");
    try (KafkaProducer<String, byte[]> writer = writer()) {
      for (int partition = 0; partition < 3; partition++) {
        writer.send(record(KafkaTopics.RAW, partition, stranger + " raw", null, null));
        writer.send(record(KafkaTopics.RAW, partition, stranger + " later", "default", "raw/2"));
        writer.send(record(KafkaTopics.NORMALIZED, partition, stranger + " text", "default", null));
        writer.send(
            record(KafkaTopics.NORMALIZED, partition, stranger + " v9", "default", "normalized/9"));
        writer.send(new ProducerRecord<>(KafkaTopics.NORMALIZED, partition, "x", null));
        writer.send(
            record(
                KafkaTopics.NORMALIZED,
                partition,
                "{\"tenant\":\"default\",\"device\":\"%s\",\"measurements\":[{\"metric\":\"m\",\"ts\":\"2026-01-01T00:00:00Z\",\"value\":1}]}"
                    .formatted(stranger),
                "default",
                "normalized/1"));
        ProducerRecord<String, byte[]> odd =
            record(KafkaTopics.RAW, partition, message(device, 1) + stranger, "default", "raw/1");
        odd.headers().add("hub-device", device.id().getBytes(StandardCharsets.UTF_8));
        odd.headers().add("hub-received", "x".getBytes(StandardCharsets.UTF_8));
        writer.send(odd);
        writer.send(normalized(partition, device, stranger, "+1000000000-01-01T00:00:00Z", "m"));
        writer.send(normalized(partition, device, stranger, "2026-01-01T00:00:00Z", "m\\u0000"));
      }
      writer.flush();
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> letters(stranger) == 24);
    assertThat(
            hub.owner()
                .sql(
                    "select distinct regexp_replace(reason, '^hub.*offset \\d+: ', '') from"
                        + " dead_letters where position(?::bytea in payload) > 0")
                .param(stranger.getBytes(StandardCharsets.UTF_8))
                .query(String.class)
                .list())
        .anyMatch(r -> r.contains("the record is not one of the hub's"))
        .anyMatch(r -> r.contains("raw/2 is of a later version of the hub, this one reads raw/1"))
        .anyMatch(r -> r.contains("normalized/9 is of a later version of the hub"))
        .anyMatch(r -> r.contains("unknown device"))
        .anyMatch(r -> r.contains("expected a number, got \"x\""))
        .anyMatch(r -> r.contains("expected a time from 1970"))
        .anyMatch(r -> r.contains("none of them NUL"));
    assertThat(
            hub.count(
                "select count(*) from dead_letters where source = 'hub.normalized' and device = ?",
                stranger))
        .isEqualTo(3);

    String letter =
        hub.owner()
            .sql("select id::text from dead_letters where device = ? limit 1")
            .param(stranger)
            .query(String.class)
            .single();
    assertThat(replay(letter).status()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(letters(stranger)).as("it went to hub.normalized again").isEqualTo(25));

    assertThat(hub.ingest(device.token(), message(device, 0)).status()).isEqualTo(202);
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 1);
    await().atMost(Duration.ofSeconds(30)).until(() -> nothingIsLeft());
  }

  @Test
  @Order(7)
  void takesFieldsOfALaterVersionAndKeepsALaterVersionsRecordsUntilItIsUpgraded() throws Exception {
    Registered device = hub.device("sensor");
    String more =
        "{\"tenant\":\"default\",\"device\":\"%s\",\"source\":\"mqtt\",\"later\":{\"a\":[1]},\"measurements\":[{\"metric\":\"temperature\",\"ts\":\"%s\",\"value\":1,\"later\":[{}],\"quality\":\"good\"}]}";
    ProducerRecord<String, byte[]> raw =
        record(KafkaTopics.RAW, 0, message(device, 0), "default", "raw/1");
    raw.headers().add("hub-device", device.id().getBytes(StandardCharsets.UTF_8));
    raw.headers().add("hub-source", "mqtt".getBytes(StandardCharsets.UTF_8));
    try (KafkaProducer<String, byte[]> later = writer()) {
      for (ProducerRecord<String, byte[]> record :
          List.of(
              raw,
              record(
                  KafkaTopics.NORMALIZED, 0, more.formatted(device.id(), at(1)), "default", null),
              record(
                  KafkaTopics.NORMALIZED,
                  0,
                  more.formatted(device.id(), at(2)),
                  "default",
                  "normalized/2"),
              record(
                  KafkaTopics.NORMALIZED,
                  0,
                  more.formatted(device.id(), at(3)),
                  "default",
                  "normalized/1"))) {
        record.headers().add("hub-later", "x".getBytes(StandardCharsets.UTF_8));
        record.headers().add("later", new byte[] {-1, 0});
        later.send(record);
      }
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 3);
    String letter =
        hub.owner()
            .sql(
                "select id::text from dead_letters where source = 'hub.normalized' and field ="
                    + " 'hub-schema' and position(?::bytea in payload) > 0")
            .param(device.id().getBytes(StandardCharsets.UTF_8))
            .query(String.class)
            .single();
    assertThat(replay(letter).body())
        .contains(
            "normalized/2 is of a later version of the hub, this one reads normalized/1: upgrade"
                + " the hubs of the role pipeline, then replay it");

    // To a hub of the later version the number is its own.
    hub.owner()
        .sql(
            "update dead_letters set headers = jsonb_set(headers, '{hub-schema}',"
                + " '\"normalized/1\"') where id::text = ?")
        .param(letter)
        .update();
    assertThat(replay(letter).status()).isEqualTo(200);
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 4);
  }

  @Test
  @Order(8)
  void tellsThirdPartiesOfEventsAndOfDeadLetters() throws Exception {
    Registered device = hub.device("kafka_probe");
    Answer rule =
        hub.post(
            "/api/v1/threshold-rules",
            hub.admin(),
            Map.of(
                "name", "Hot",
                "condition", "temperature > 90",
                "scope", Map.of("device_type", "kafka_probe"),
                "event_type", "warning",
                "severity", "low"));
    assertThat(rule.status()).as(rule.body()).isEqualTo(201);
    String stranger = RunningHub.unique("stranger");
    try (TopicReader events = new TopicReader(kafka.address(), KafkaTopics.EVENTS);
        TopicReader dead = new TopicReader(kafka.address(), KafkaTopics.DEAD);
        MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      String key = "default/" + device.id();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                hub.ingest(
                    device.token(),
                    "{\"device_id\":\"%s\",\"metrics\":{\"temperature\":95}}"
                        .formatted(device.id()));
                return !events.of(key).isEmpty();
              });
      JsonNode event = new ObjectMapper().readTree(events.of(key).get(0).value());
      assertThat(event.path("change").asText()).isEqualTo("raised");
      assertThat(event.at("/event/status").asText()).isEqualTo("open");
      assertThat(event.at("/event/metric").asText()).isEqualTo("temperature");
      assertThat(event.at("/device/serial").asText()).isEqualTo(device.serial());
      assertThat(TopicReader.header(events.of(key).get(0), "hub-schema")).isEqualTo("events/1");

      assertThat(events.of(key)).allSatisfy(r -> assertThat(problems("events-1", r)).isEmpty());

      assertThatThrownBy(() -> note("now()")).hasMessageContaining("noted 1");
      assertThatThrownBy(() -> note("now() - interval '4 days'")).hasMessageContaining("noted 0");

      mqtt.publish(topic(device), stranger).get(30, TimeUnit.SECONDS);
      await().atMost(Duration.ofSeconds(60)).until(() -> !dead.of(key).isEmpty());
      assertThat(TopicReader.value(dead.of(key).get(0))).isEqualTo(stranger);
      assertThat(TopicReader.header(dead.of(key).get(0), "hub-reason")).contains("is not JSON");
    }
  }

  @Test
  @Order(9)
  void beginsAgainFromWhatIsCommittedWhenAPollFails() {
    Registered device = hub.device("sensor");
    for (int i = 0; i < 60; i++) {
      if (i == 30) {
        hub.bean(PollFailures.class).handle(-1, new KafkaException("no right to read any more"));
      }
      assertThat(hub.ingest(device.token(), message(device, i)).status()).isEqualTo(202);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) == 60);
    assertThat(hub.bean(PollFailures.class).canContinue()).isTrue();
  }

  @Test
  @Order(10)
  void leavesItsPartitionsToOtherHubsWhileTheDatabaseDoesNotAnswerIt() throws Exception {
    Registered device = hub.device("sensor");
    hub.owner()
        .sql("insert into leases (name, holder, epoch, until) values ('hub z', 'z', 1, 'infinity')")
        .update();
    await().until(() -> !hub.bean(HubLeases.class).isAlone());
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      hub.toDatabase().stall();
      try {
        mqtt.publish(topic(device), message(device, 0)).get(30, TimeUnit.SECONDS);
        await()
            .untilAsserted(
                () ->
                    assertThat(hub.bean(KafkaState.class).withheld())
                        .contains("the database does not answer this hub"));
        await()
            .atMost(Duration.ofSeconds(15))
            .until(() -> members("hub") + members("hub.store") == 0);
        mqtt.publish(topic(device), message(device, 1)).get(30, TimeUnit.SECONDS);
        assertThat(readiness().status()).as("it takes messages in").isEqualTo(200);
      } finally {
        hub.databaseIsBack();
      }
    }
    await().until(() -> hub.rows(device) == 2);
    await().until(() -> nothingIsLeft());
  }

  @Test
  @Order(11)
  void givesItsPartitionsUpBeforeAnythingElseStops() throws Exception {
    hub.bean(KafkaWatch.class).stop();
    try {
      assertThat(members("hub") + members("hub.store")).isZero();
    } finally {
      hub.bean(KafkaWatch.class).start();
    }
    Registered device = hub.device("sensor");
    assertThat(hub.ingest(device.token(), message(device, 0)).status()).isEqualTo(202);
    await().until(() -> hub.rows(device) == 1);
  }

  private static int members(String group) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.address()))) {
      return admin
          .describeConsumerGroups(List.of(group))
          .describedGroups()
          .get(group)
          .get()
          .members()
          .size();
    }
  }

  /** Says in its failure, which rolls all back, what a change of an event leaves to be told. */
  private static void note(String lastWanted) {
    hub.owner()
        .sql(
            """
            do $$
            declare before bigint;
            begin
              lock table event_feed;
              update event_feed_switch set wanted_at = %s;
              select count(*) into before from event_feed;
              insert into happenings (tenant_id, what, event_id) select tenant_id, 'event.raised', id from events limit 1;
              raise exception 'noted %%', (select count(*) - before from event_feed);
            end $$\
            """
                .formatted(lastWanted))
        .update();
  }

  /** What the published schema has against a record. */
  private static List<?> problems(String schema, ConsumerRecord<String, byte[]> record)
      throws IOException {
    try (InputStream text =
        HubOnKafkaTest.class.getResourceAsStream("/schema/" + schema + ".schema.json")) {
      ObjectMapper json = new ObjectMapper();
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, builder -> {})
          .getSchema(json.readTree(text))
          .validate(json.readTree(record.value()));
    }
  }

  private static KafkaProducer<String, byte[]> writer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.address()),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static Answer replay(String letter) {
    return hub.post("/api/v1/dead-letters/" + letter + "/replay", hub.admin(), "");
  }

  private static long letters(String stranger) {
    return hub.count(
        "select count(*) from dead_letters where position(?::bytea in payload) > 0",
        (Object) stranger.getBytes(StandardCharsets.UTF_8));
  }

  private static ProducerRecord<String, byte[]> record(
      String topic, int partition, String value, String tenant, String schema) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic, partition, "x", value.getBytes(StandardCharsets.UTF_8));
    if (tenant != null) {
      record.headers().add("hub-tenant", tenant.getBytes(StandardCharsets.UTF_8));
    }
    if (schema != null) {
      record.headers().add("hub-schema", schema.getBytes(StandardCharsets.UTF_8));
    }
    return record;
  }

  private static ProducerRecord<String, byte[]> normalized(
      int partition, Registered device, String stranger, String ts, String metric) {
    return record(
        KafkaTopics.NORMALIZED,
        partition,
        "{\"tenant\":\"default\",\"device\":\"%s\",\"source\":\"%s\",\"measurements\":[{\"metric\":\"%s\",\"ts\":\"%s\",\"value\":1}]}"
            .formatted(device.id(), stranger, metric, ts),
        "default",
        "normalized/1");
  }

  /** Records of a group's topic that are not committed yet. */
  private static long lag(String group, String topic) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.address()))) {
      var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      Map<TopicPartition, OffsetSpec> all =
          IntStream.range(0, 3)
              .mapToObj(partition -> new TopicPartition(topic, partition))
              .collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
      return admin.listOffsets(all).all().get().entrySet().stream()
          .mapToLong(
              end ->
                  end.getValue().offset()
                      - (committed.get(end.getKey()) == null
                          ? 0
                          : committed.get(end.getKey()).offset()))
          .sum();
    }
  }

  private static boolean nothingIsLeft() throws Exception {
    return lag("hub", KafkaTopics.RAW) == 0 && lag("hub.store", KafkaTopics.NORMALIZED) == 0;
  }

  private static Answer readiness() {
    return hub.send(HttpRequest.newBuilder(hub.uri("/actuator/health/readiness")).GET().build());
  }

  private static String topic(Registered device) {
    return "t/default/d/" + device.id() + "/telemetry";
  }

  private static String message(Registered device, int i) {
    return "{\"device_id\":\"%s\",\"timestamp\":\"%s\",\"metrics\":{\"temperature\":%d}}"
        .formatted(device.id(), at(i), 10 + i % 20);
  }

  private static Instant at(int seconds) {
    return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(seconds);
  }
}
