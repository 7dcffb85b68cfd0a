package io.caravanhub.hub.outside;

import static io.caravanhub.hub.sparkplug.EdgeNodeClient.metric;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.caravanhub.core.mqtt.MqttInConsumer;
import io.caravanhub.hub.AnotherHub;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttGateway;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.sparkplug.EdgeNodeClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.eclipse.tahu.message.model.MetricDataType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hubs on one database, and one Mosquitto: one at a time takes its messages. */
class TwoHubsOneBrokerTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int COUNT = 400;

  @TempDir private static Path folder;

  private static MosquittoBroker broker;
  private static String url;
  private static Hub one;
  private static Hub two;

  private static final Arrivals ARRIVALS = new Arrivals();

  private final RunningHub first = RunningHub.get();
  private final List<Registered> devices = List.of(first.device("sensor"), first.device("sensor"));
  private final Instant began = Instant.now().minusSeconds(3_600);

  /** A hub with a name of its own. */
  private record Hub(String name, AnotherHub hub) {
    static Hub start() throws Exception {
      String name = RunningHub.unique("two-hubs");
      AnotherHub started =
          new AnotherHub(
              "",
              "--hub.mqtt.url=" + url,
              "--hub.mqtt.subscribe=true",
              "--hub.mqtt.embedded=false",
              "--hub.mqtt.client=" + name,
              "--hub.leases.term=PT3S",
              // However busy the machine is, what is in hand is to be stored first.
              "--camel.main.shutdown-timeout=300",
              "--spring.lifecycle.timeout-per-shutdown-phase=300s");
      ARRIVALS.note(started, name, url);
      return new Hub(name, started);
    }

    boolean takes() {
      return hub.bean(OutsideLeases.class).of(url).isHeld();
    }

    boolean isConnected() {
      return List.of("arrivals", "mqtt", "mqtt-sparkplug").stream().allMatch(this::isConnected);
    }

    boolean isConnected(String route) {
      return hub.bean(CamelContext.class).getRoute(route).getConsumer()
              instanceof MqttInConsumer consumer
          && consumer.isConnected();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    broker = new MosquittoBroker(folder, "allow_anonymous true");
    url = "tcp://127.0.0.1:" + broker.port();
    one = Hub.start();
    two = Hub.start();
  }

  @AfterAll
  static void stop() throws Exception {
    one.hub.close();
    two.hub.close();
    broker.close();
  }

  private static Hub holder() {
    await().atMost(LONG).until(() -> one.isConnected() ^ two.isConnected());
    return one.isConnected() ? one : two;
  }

  private static Hub standby() {
    return holder() == one ? two : one;
  }

  @Test
  void anotherTakesOverFromOneThatIsStoppedInOrder() throws Exception {
    Hub old = holder();
    Hub next = standby();

    List<CompletableFuture<?>> sent = send(0, COUNT / 2);
    await().atMost(LONG).until(() -> ARRIVALS.of(devices.get(0).serial()).size() > 20);
    CountDownLatch other = hasSomethingElseInHand(old);
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> close(old));
    atTheBroker(sent);
    sent.addAll(send(COUNT / 2, COUNT));
    await().atMost(LONG).until(next::isConnected);
    arrived(sent);
    assertThat(stopped).as("waits for what it has in hand besides").isNotDone();
    other.countDown();
    stopped.get(60, TimeUnit.SECONDS);

    for (Registered device : devices) {
      assertThat(ARRIVALS.numbers(device.serial()))
          .as("each once, in order")
          .isEqualTo(IntStream.range(0, COUNT).boxed().toList());
    }
    one = next;
    two = Hub.start();
  }

  @Test
  void anotherTakesOverFromOneThatCannotRenewItsLease() throws Exception {
    Hub old = holder();
    Hub next = standby();
    List<CompletableFuture<?>> sent = send(0, COUNT / 2);
    await().atMost(LONG).until(() -> ARRIVALS.of(devices.get(0).serial()).size() > 20);

    old.hub.toDatabase().stall();
    try {
      atTheBroker(sent);
      sent.addAll(send(COUNT / 2, COUNT));
      await().atMost(LONG).until(next::isConnected);
      assertThat(old.takes()).isFalse();
      arrived(sent);
      for (Registered device : devices) {
        List<Arrivals.Arrival> all = ARRIVALS.of(device.serial());
        List<Integer> before = numbers(all, old);
        List<Integer> after = numbers(all, next);
        assertThat(before).isEqualTo(IntStream.range(0, before.size()).boxed().toList());
        assertThat(after).isEqualTo(IntStream.range(after.get(0), COUNT).boxed().toList());
        assertThat(after.get(0)).as("nothing is left out").isLessThanOrEqualTo(before.size());
        assertThat(all.indexOf(new Arrivals.Arrival(next.name, device.serial(), after.get(0))))
            .as("the former stores nothing after the next has begun")
            .isEqualTo(before.size());
      }
    } finally {
      old.hub.toDatabase().restore();
    }
    await()
        .atMost(LONG)
        .until(() -> old.hub.get("/api/v1/devices?limit=1", admin()).status() == 200);
    assertThat(old.isConnected("mqtt")).isFalse();
  }

  @Test
  void sparkplugIsTakenOnce() throws Exception {
    String edge = RunningHub.unique("edge");
    first.post("/api/v1/gateways", admin(), Map.of("serial", edge));
    Registered node = first.device(admin(), Map.of("device_serial", edge, "gateway_id", edge));
    holder();
    try (EdgeNodeClient client = new EdgeNodeClient(broker.port(), edge, "any", 1)) {
      client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, 1.0));
      await().atMost(LONG).until(() -> !client.commands().isEmpty());
      client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
      client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, 32.0));

      await().atMost(LONG).until(() -> first.rows(node) == 3);
      assertThat(client.commands()).as("asked for its births by one").hasSize(1);
    }
  }

  @Test
  void theOneThatStandsBySendsCommandsAndSaysWhoTakesMessages() throws Exception {
    String serial = RunningHub.unique("G");
    first.post("/api/v1/gateways", admin(), Map.of("serial", serial));
    Registered behind = first.device(admin(), Map.of("gateway_id", serial));
    Hub standby = standby();
    try (MqttGateway gateway = new MqttGateway(broker.port(), "default", serial, "", "commands")) {
      Answer made =
          standby.hub.send(
              "POST",
              "/api/v1/devices/" + behind.id() + "/command",
              admin(),
              RunningHub.publisher(Map.of("metric", "setpoint", "value", 21)));

      assertThat(made.text("state")).as(made.toString()).isEqualTo("SENT");
      assertThat(gateway.next().path("value").asInt()).isEqualTo(21);
    }

    Answer health = standby.hub.get("/actuator/health", admin());
    assertThat(health.status()).isEqualTo(200);
    assertThat(health.json().at("/components/broker/details/taken_by").asText())
        .isEqualTo(holder().hub.bean(HubLeases.class).owner());
    assertThat(
            holder()
                .hub
                .get("/actuator/health", admin())
                .json()
                .at("/components/broker/details/taken_by")
                .asText())
        .isEqualTo("this hub");
  }

  @Test
  void hubsBeforeDifferentBrokersBothTakeMessages() {
    Runnable nothing = () -> {};
    OutsideLease here = one.hub.bean(OutsideLeases.class).of("tcp://A.example.com");
    OutsideLease there = two.hub.bean(OutsideLeases.class).of("ssl://a.example.com");
    here.want(nothing);
    there.want(nothing);
    await().atMost(LONG).until(() -> here.isHeld() && there.isHeld());
    assertThat(two.hub.bean(OutsideLeases.class).of("mqtt://a.example.com:1883").clientId())
        .isEqualTo(here.clientId());
    assertThat(OutsideLeases.name("mqtt://a.example.com:1883"))
        .isEqualTo(OutsideLeases.name("tcp://A.example.com"));
    here.leave(nothing);
    there.leave(nothing);
    assertThat(here.isHeld()).isFalse();
  }

  /** A stop waits for it, until it is let go. */
  private static CountDownLatch hasSomethingElseInHand(Hub hub) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    CamelContext camel = hub.hub.bean(CamelContext.class);
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:something-else")
                .process(
                    exchange -> {
                      begun.countDown();
                      assertThat(end.await(5, TimeUnit.MINUTES)).isTrue();
                    });
          }
        });
    var unused = camel.createProducerTemplate().asyncSendBody("direct:something-else", "");
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    return end;
  }

  private String admin() {
    return first.admin();
  }

  private static List<Integer> numbers(List<Arrivals.Arrival> all, Hub of) {
    return all.stream()
        .filter(arrival -> arrival.hub().equals(of.name))
        .map(Arrivals.Arrival::number)
        .toList();
  }

  private static void close(Hub hub) {
    try {
      hub.hub.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Publishes these numbers for both devices in turns, without waiting. */
  private List<CompletableFuture<?>> send(int from, int to) {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    Mqtt5AsyncClient sender =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(RunningHub.unique("sender"))
            .serverHost("127.0.0.1")
            .serverPort(broker.port())
            .buildAsync();
    sender.toBlocking().connect();
    for (int i = from; i < to; i++) {
      for (Registered device : devices) {
        sent.add(
            sender
                .publishWith()
                .topic("t/default/d/" + device.serial() + "/telemetry")
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(payload(i).getBytes(UTF_8))
                .send());
      }
    }
    var unused =
        CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
            .thenRun(sender::disconnect);
    return sent;
  }

  private String payload(int number) {
    return "{\"timestamp\":\"%s\",\"metrics\":{\"temperature\":%d},\"metadata\":{\"n\":%d}}"
        .formatted(began.plusSeconds(number), number % 40, number);
  }

  private static void atTheBroker(List<CompletableFuture<?>> sent) throws Exception {
    CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
  }

  /** All of both devices are in the store, and the route that notes arrivals has had all. */
  private void arrived(List<CompletableFuture<?>> sent) throws Exception {
    atTheBroker(sent);
    for (Registered device : devices) {
      await().atMost(LONG).until(() -> first.rows(device) == COUNT);
      await().atMost(LONG).until(() -> ARRIVALS.numbers(device.serial()).contains(COUNT - 1));
    }
  }
}
