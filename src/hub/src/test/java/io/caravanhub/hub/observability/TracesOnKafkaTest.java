package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.kafka.KafkaBroker;
import io.caravanhub.hub.observability.SpanReceiver.Received;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The traces of {@link TracesTest} over {@code hub.raw} and {@code hub.normalized}. */
@Timeout(300)
class TracesOnKafkaTest {
  private static final int OVENS = 20;
  private static final List<String> STAGES =
      List.of("ingest", "normalize", "store", "rule", "plan");

  @TempDir static Path folder;

  private static KafkaBroker kafka;
  private static SpanReceiver receiver;
  private static RunningHub hub;
  private static BusyHub busy;

  @BeforeAll
  static void start() throws Exception {
    kafka = new KafkaBroker(folder.resolve("kafka"));
    receiver = new SpanReceiver();
    hub =
        RunningHub.another(
            "--camel.main.name=traced-on-kafka",
            "--spring.profiles.active=kafka",
            "--hub.kafka=" + kafka.address(),
            "--hub.kafka.partitions=1",
            "--hub.kafka.consumers=1",
            "--hub.otel.endpoint=" + receiver.endpoint());
    HttpRequest readiness =
        HttpRequest.newBuilder(hub.uri("/actuator/health/readiness")).GET().build();
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.send(readiness).status() == 200);
    busy = new BusyHub(hub);
  }

  @AfterAll
  static void stop() throws Exception {
    busy.close();
    hub.stop();
    receiver.close();
    kafka.close();
  }

  @Test
  void aTraceLeadsFromThePublishToTheCallOfTheFsm() throws Exception {
    PublishTrace.leadsToTheFsm(busy, receiver);
  }

  @Test
  void ofABatchEachEventIsInTheTraceOfTheMessageThatRaisedIt() throws Exception {
    List<Registered> ovens = new ArrayList<>();
    List<MqttDevice> clients = new ArrayList<>();
    for (int i = 0; i < OVENS; i++) {
      ovens.add(PublishTrace.oven(busy));
      clients.add(PublishTrace.connect(hub, ovens.get(i)));
    }
    List<CompletableFuture<?>> acknowledged = new ArrayList<>();
    for (int i = 0; i < OVENS; i++) {
      int temperature = i % 2 == 0 ? 20 : 95;
      acknowledged.add(PublishTrace.publish(clients.get(i), busy, ovens.get(i), temperature));
    }
    CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new))
        .get(60, TimeUnit.SECONDS);
    clients.forEach(MqttDevice::close);

    for (int i = 1; i < OVENS; i += 2) {
      Registered oven = ovens.get(i);
      await().atMost(Duration.ofSeconds(60)).until(() -> events(oven) == 1);
      String id = traceparent(oven).split("-")[1];
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> receiver.trace(id).keySet().containsAll(STAGES));
      Map<String, Received> trace = receiver.trace(id);
      assertThat(trace.get("ingest").device()).isEqualTo(oven.id());
      PublishTrace.isInOrder(trace, STAGES);
    }
  }

  private static long events(Registered oven) {
    return hub.count("select count(*) from events where device_id::text = ?", oven.id());
  }

  private static String traceparent(Registered oven) {
    return hub.owner()
        .sql("select evidence ->> 'traceparent' from events where device_id::text = ?")
        .param(oven.id())
        .query(String.class)
        .single();
  }
}
