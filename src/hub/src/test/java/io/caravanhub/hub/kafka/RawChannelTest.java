package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class RawChannelTest {
  @TempDir static Path folder;

  private static KafkaBroker kafka;

  private final List<String> stored = new CopyOnWriteArrayList<>();
  private final List<Object> devices = new CopyOnWriteArrayList<>();
  private final List<String> deadLetters = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger oddTries = new AtomicInteger();

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = new KafkaBroker(folder.resolve("kafka"));
    kafka.create("hub.raw", 2);
  }

  @AfterAll
  static void stopKafka() throws Exception {
    kafka.close();
  }

  @Test
  void aMessageThatTheStoreRefusesForAWhileIsNeitherLostNorOvertaken() throws Exception {
    try (DefaultCamelContext hub = hub()) {
      refusals.set(3);
      for (int i = 0; i < 20; i++) {
        send(hub, "RTU-1", "{\"n\":" + i + "}");
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> stored.contains("{\"n\":19}"));
    }
    assertThat(stored.stream().distinct())
        .containsExactly(
            java.util.stream.IntStream.range(0, 20)
                .mapToObj(i -> "{\"n\":" + i + "}")
                .toArray(String[]::new));
    assertThat(devices).containsOnly("RTU-1");

    int before = stored.size();
    try (DefaultCamelContext again = hub()) {
      send(again, "RTU-1", "{\"n\":20}");
      await().atMost(Duration.ofSeconds(60)).until(() -> stored.contains("{\"n\":20}"));
    }
    assertThat(stored).as("what was committed does not come again").hasSize(before + 1);
  }

  @Test
  void aRecordThatCannotBeUsedIsADeadLetterOnceThoughItIsTheLastBeforeARestart() throws Exception {
    try (DefaultCamelContext hub = hub()) {
      send(hub, "RTU-2", "unusable");
      await().atMost(Duration.ofSeconds(60)).until(() -> deadLetters.contains("unusable"));
    }
    try (DefaultCamelContext again = hub()) {
      send(again, "RTU-2", "odd");
      send(again, "RTU-2", "{\"n\":0}");
      await().atMost(Duration.ofSeconds(60)).until(() -> stored.contains("{\"n\":0}"));
    }
    assertThat(deadLetters).as("its offset was committed").containsExactly("unusable", "odd");
    assertThat(oddTries).hasValue(3);
  }

  private static void send(DefaultCamelContext hub, String device, String body) {
    hub.createProducerTemplate()
        .sendBodyAndHeaders(
            "direct:kafka.send",
            body.getBytes(StandardCharsets.UTF_8),
            Map.of("hub-tenant", "default", "hub-device", device, "hub-source", "mqtt"));
  }

  private DefaultCamelContext hub() throws Exception {
    DefaultCamelContext camel = new DefaultCamelContext();
    Properties settings = new Properties();
    settings.setProperty("hub.kafka.enabled", "true");
    camel.getPropertiesComponent().setInitialProperties(settings);
    KafkaState state = new KafkaState();
    PollFailures failures = new PollFailures(state);
    RecordAges ages = new RecordAges();
    LateOffsets offsets = new LateOffsets();
    state.up();
    camel
        .getRegistry()
        .bind(
            "hub-kafka",
            new KafkaConfiguration()
                .hubKafka(
                    new KafkaAccess(
                        new MockEnvironment().withProperty("hub.kafka", kafka.address())),
                    failures,
                    offsets));
    camel.getRegistry().bind("kafkaHeaders", new KafkaHeaders());
    camel.getRegistry().bind("kafkaSending", new KafkaSending(state));
    camel.getRegistry().bind("kafkaRaw", new RawRecords(state, failures, ages));
    camel.getRegistry().bind("kafkaCommit", new KafkaCommit(ages, offsets));
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:channel.raw").errorHandler(noErrorHandler()).process(e -> store(e));
            from("direct:dead-letter.keep")
                .errorHandler(noErrorHandler())
                .process(e -> deadLetters.add(e.getMessage().getBody(String.class)));
          }
        });
    Path routes = TestDatabase.root().resolve("routes");
    for (String file :
        List.of("policy/internal", "policy/hold", "kafka/send-raw", "kafka/take-raw")) {
      PluginHelper.getRoutesLoader(camel)
          .loadRoutes(
              ResourceHelper.resolveResource(
                  camel, "file:" + routes.resolve(file + ".camel.yaml")));
    }
    camel.start();
    camel.getRouteController().startRoute("take-raw");
    return camel;
  }

  private void store(Exchange exchange) {
    if (refusals.getAndDecrement() > 0) {
      throw new StoreBusyException("the store is away");
    }
    String body = exchange.getMessage().getBody(String.class);
    if (body.equals("odd")) {
      oddTries.incrementAndGet();
      throw new IllegalStateException("nobody expected this");
    }
    if (body.equals("unusable")) {
      throw new UnusableMessageException("body", "is not JSON");
    }
    stored.add(body);
    devices.add(exchange.getMessage().getHeader("hub-device"));
  }
}
