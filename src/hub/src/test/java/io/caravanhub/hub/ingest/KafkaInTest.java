package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.kafka.KafkaBroker;
import io.caravanhub.hub.limit.ReadingLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Telemetry from a customer's Kafka, a real one, into the whole hub. */
class KafkaInTest {
  @TempDir static Path folder;

  private static KafkaBroker kafka;
  private static OpenedRoute route;
  private static KafkaProducer<String, byte[]> customer;

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @BeforeAll
  static void start() throws Exception {
    kafka = new KafkaBroker(folder.resolve("kafka"));
    kafka.create("plant", 2);
    route =
        new OpenedRoute(
            RunningHub.get(),
            "kafka",
            Map.of(
                "{{hub.ingest.kafka.topic:telemetry}}",
                "plant",
                "{{hub.ingest.kafka:127.0.0.1:9092}}",
                kafka.address()));
    customer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.address()),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  static void stop() throws Exception {
    customer.close();
    route.close();
    kafka.close();
  }

  @Test
  void storesWhatIsSaidOfADeviceByKeyHeaderOrPayload() {
    send(
        device.serial(), null, "{\"timestamp\":\"" + at(0) + "\",\"metrics\":{\"temperature\":1}}");
    send(
        "anything",
        device.id(),
        "{\"timestamp\":\"" + at(1) + "\",\"metrics\":{\"temperature\":2}}");
    send(
        "anything",
        null,
        "[{\"device_id\":\""
            + device.id()
            + "\",\"timestamp\":\""
            + at(2)
            + "\",\"readings\":[{\"variable\":\"temperature\",\"value\":3}]}]");

    await().atMost(Duration.ofSeconds(30)).until(() -> hub.rows(device) == 3);
  }

  @Test
  void losesNothingAndStoresNothingTwiceWhileTheDatabaseIsAway() {
    for (int i = 0; i < 100; i++) {
      send(device.serial(), null, message(i));
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> hub.rows(device) > 5);
    hub.toDatabase().refuse();
    hub.toDatabase().cut();
    try {
      for (int i = 100; i < 200; i++) {
        send(device.serial(), null, message(i));
      }
      await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
    } finally {
      hub.databaseIsBack();
    }

    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) >= 200);
    assertThat(hub.rows(device)).isEqualTo(200);
    assertThat(letters(device.serial())).isZero();
  }

  @Test
  void keepsADeadLetterOnceAndGoesOn() throws Exception {
    String stranger = RunningHub.unique("stranger");
    send(stranger, null, message(0));
    await().atMost(Duration.ofSeconds(30)).until(() -> letters(stranger) == 1);

    route.stop();
    route.start();
    send(device.serial(), null, message(1));

    await().atMost(Duration.ofSeconds(30)).until(() -> hub.rows(device) == 1);
    assertThat(letters(stranger)).as("its offset was committed").isEqualTo(1);
  }

  @Test
  void holdsBackADeviceThatSendsTooMuchAndStoresItAll() {
    Registered slow =
        hub.device(
            hub.admin(), Map.of("metadata", Map.of("limits", Map.of("readings_per_second", 1))));
    ReadingLimits limits = hub.bean(ReadingLimits.class);
    limits.forget();
    limits.charge("default", slow.id(), 5_000);
    double before = hub.counted("hub.ingest.limited");

    for (int i = 0; i < 3; i++) {
      send(slow.serial(), null, message(i));
    }

    await().atMost(Duration.ofSeconds(30)).until(() -> hub.rows(slow) == 3);
    assertThat(hub.counted("hub.ingest.limited")).isGreaterThan(before);
  }

  @Test
  void aReadingWithoutATimeHasThatOfItsRecordHoweverOftenItComes() {
    long written = Instant.now().minusSeconds(60).toEpochMilli();
    assertThat(receivedMicros(written, 41)).isEqualTo(receivedMicros(written, 41));
    assertThat(receivedMicros(written, 41)).isNotEqualTo(receivedMicros(written, 42));
  }

  private static String receivedMicros(long written, long offset) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange
        .getMessage()
        .setBody("{\"metrics\":{\"temperature\":1}}".getBytes(StandardCharsets.UTF_8));
    exchange.getMessage().setHeader(KafkaConstants.KEY, "a-device");
    exchange.getMessage().setHeader(KafkaConstants.TIMESTAMP, written);
    exchange.getMessage().setHeader(KafkaConstants.OFFSET, offset);
    new RecordEnvelope(new ObjectMapper(), "default", "default").kafka(exchange);
    return exchange.getMessage().getHeader(TelemetryHeaders.RECEIVED_MICROS, String.class);
  }

  private long stored(String ts) {
    return hub.count(
        "select count(*) from telemetry t join devices d on d.key = t.device_id where d.id::text = ? and t.ts = ?::timestamptz",
        device.id(),
        ts);
  }

  @Test
  void doesNotLetARecordsHeadersSteerTheHub() {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>("plant", device.serial(), message(0).getBytes(StandardCharsets.UTF_8));
    for (String name : new String[] {"hub-tenant", "hub-mapping", "CamelFileName"}) {
      record.headers().add(name, "evil".getBytes(StandardCharsets.UTF_8));
    }
    customer.send(record);

    await().atMost(Duration.ofSeconds(30)).until(() -> hub.rows(device) == 1);
  }

  private long letters(String device) {
    return hub.count("select count(*) from dead_letters where device = ?", device);
  }

  private static void send(String key, @Nullable String header, String payload) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>("plant", key, payload.getBytes(StandardCharsets.UTF_8));
    if (header != null) {
      record.headers().add("device_id", header.getBytes(StandardCharsets.UTF_8));
    }
    customer.send(record);
    customer.flush();
  }

  private static String message(int i) {
    return "{\"timestamp\":\"" + at(i) + "\",\"metrics\":{\"temperature\":" + i % 40 + "}}";
  }

  private static Instant at(int seconds) {
    return Instant.parse("2026-01-01T00:00:00Z").plusSeconds(seconds);
  }
}
