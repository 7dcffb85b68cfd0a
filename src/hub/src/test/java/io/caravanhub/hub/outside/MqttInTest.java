package io.caravanhub.hub.outside;

import static io.caravanhub.hub.sparkplug.EdgeNodeClient.metric;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import io.caravanhub.core.mqtt.MqttInConsumer;
import io.caravanhub.hub.Keys;
import io.caravanhub.hub.Mosquitto;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.sparkplug.EdgeNodeClient;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.ServiceStatus;
import org.eclipse.tahu.message.model.MetricDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hub's own route for a broker outside, on a real Mosquitto and a database that goes away. */
class MqttInTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final String topic = "t/default/d/" + device.serial() + "/telemetry";
  private final String share = RunningHub.unique("share");
  private final List<Path> routes = new ArrayList<>();
  private final Instant began = Instant.now().minusSeconds(3_600);

  @TempDir private Path folder;

  @AfterEach
  void takeTheRoutesAway() throws IOException {
    for (Path route : routes) {
      Files.deleteIfExists(route);
      await().atMost(LONG).until(() -> status(route) == null);
    }
    hub.toDatabase().restore();
  }

  @Test
  void takesWhatMosquittosClientsPublishForDevicesAndGateways() throws Exception {
    Registered behind = gatewayed();
    try (MosquittoBroker broker = new MosquittoBroker(folder, "allow_anonymous true")) {
      route("one", "mqtt", "tcp://127.0.0.1:" + broker.port(), "");

      for (String version : List.of("mqttv311", "mqttv5")) {
        assertThat(pub(broker, version, topic).status()).isZero();
      }
      assertThat(pub(broker, "mqttv5", "t/default/g/any/d/" + behind.serial() + "/telemetry"))
          .isEqualTo(new Mosquitto.Ended(0, ""));

      await().atMost(LONG).until(() -> hub.rows(device) == 2 && hub.rows(behind) == 1);
    }
  }

  @Test
  void twoHubsShareAndLoseNothingWhenConnectionsAreCutAndTheDatabaseGoesAway() throws Exception {
    int count = 600;
    try (MosquittoBroker broker = new MosquittoBroker(folder, "allow_anonymous true");
        TcpProxy proxy = new TcpProxy("127.0.0.1", broker.port())) {
      String url = "tcp://127.0.0.1:" + proxy.port();
      route("one", "mqtt", url, "");
      Path two = route("two", "mqtt", url, "");
      Mqtt5AsyncClient sender = sender(broker.port());

      List<CompletableFuture<?>> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sent.add(publish(sender, i));
        if (i == 100) {
          hub.toDatabase().cut();
        }
        if (i == 200 || i == 400) {
          await().until(sent.get(i)::isDone);
          proxy.cut();
          proxy.restore();
        }
        if (i == 300) {
          hub.databaseIsBack();
        }
        if (i == 500) {
          Files.delete(two);
          await().atMost(LONG).until(() -> status(two) == null);
        }
      }
      CompletableFuture.allOf(sent.toArray(new CompletableFuture<?>[0])).get(30, TimeUnit.SECONDS);
      route("two", "mqtt", url, "");

      await().atMost(LONG).until(() -> hub.rows(device) == count);
      sender.toBlocking().disconnect();
    }
    assertThat(hub.count("select count(*) from dead_letters where device = ?", device.serial()))
        .isZero();
  }

  @Test
  void takesTheBatchesOfGateways() throws Exception {
    String gateway = RunningHub.unique("G");
    hub.post("/api/v1/gateways", hub.admin(), Map.of("serial", gateway));
    Registered behind =
        hub.device(hub.admin(), Map.of("device_type", "sensor", "gateway_id", gateway));
    String batch =
        """
        {"epoch": "00000000-0000-0000-0000-000000000001", "floor": 1, "records": [
          {"seq": 1, "device": "%1$s", "kind": "telemetry", "body": {"metrics": {"temperature": 20}}},
          {"seq": 2, "device": "%1$s", "kind": "telemetry", "body": {"metrics": {"humidity": 40}}}]}\
        """
            .formatted(behind.serial());
    try (MosquittoBroker broker = new MosquittoBroker(folder, "allow_anonymous true")) {
      route("batch", "mqtt-gateway-batch", "tcp://127.0.0.1:" + broker.port(), "");
      Mqtt5AsyncClient sender = sender(broker.port());
      for (int i = 0; i < 2; i++) {
        sender
            .publishWith()
            .topic("t/default/g/" + gateway + "/batch")
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(batch.getBytes(UTF_8))
            .send()
            .get(30, TimeUnit.SECONDS);
      }
      await().atMost(LONG).until(() -> hub.rows(behind) == 2);
      sender.toBlocking().disconnect();
    }
  }

  @Test
  void takesWhatTheBrokerKeptWhileTheHubAndTheBrokerWereDown() throws Exception {
    try (MosquittoBroker broker = new MosquittoBroker(folder, "allow_anonymous true")) {
      String url = "tcp://127.0.0.1:" + broker.port();
      Path route = route("one", "mqtt", url, "");
      Files.delete(route);
      await().atMost(LONG).until(() -> status(route) == null);
      Mqtt5AsyncClient sender = sender(broker.port());
      for (int i = 0; i < 50; i++) {
        publish(sender, i).get(10, TimeUnit.SECONDS);
      }
      sender.toBlocking().disconnect();
      broker.restart();

      route("one", "mqtt", url, "");

      await().atMost(LONG).until(() -> hub.rows(device) == 50);
    }
  }

  @Test
  void connectsWithTlsAndAPasswordAndTrustsOnlyItsOwnAuthority() throws Exception {
    Keys keys = new Keys(folder, "localhost");
    keys.signItself();
    Keys other = new Keys(folder, "other");
    other.signItself();
    Path passwords = folder.resolve("passwords");
    Files.writeString(passwords, "");
    new ProcessBuilder(
            Mosquitto.program("mosquitto_passwd").toString(),
            "-b",
            passwords.toString(),
            "hub",
            "s3")
        .start()
        .waitFor();
    String secure =
        "allow_anonymous false\npassword_file %s\ncertfile %s\nkeyfile %s"
            .formatted(passwords, keys.certificate(), keys.key());
    try (MosquittoBroker broker = new MosquittoBroker(folder, secure)) {
      String url = "ssl://localhost:" + broker.port();
      route("wrong", "mqtt", url, login(other.certificate()));
      route("right", "mqtt", url, login(keys.certificate()));
      await().atMost(LONG).until(() -> consumer("right").isConnected());

      assertThat(
              Mosquitto.publish(
                  "-h",
                  "localhost",
                  "-p",
                  Integer.toString(broker.port()),
                  "-V",
                  "mqttv5",
                  "-q",
                  "1",
                  "-u",
                  "hub",
                  "-P",
                  "s3",
                  "--cafile",
                  keys.certificate(),
                  "-t",
                  topic,
                  "-m",
                  payload(0)))
          .isEqualTo(new Mosquitto.Ended(0, ""));

      await().atMost(LONG).until(() -> hub.rows(device) == 1);
      assertThat(consumer("wrong").isConnected()).isFalse();
    }
  }

  @Test
  void takesSparkplugAndAsksANodeForItsBirths() throws Exception {
    String edge = RunningHub.unique("edge");
    hub.post("/api/v1/gateways", hub.admin(), Map.of("serial", edge));
    Registered node = hub.device(hub.admin(), Map.of("device_serial", edge, "gateway_id", edge));
    try (MosquittoBroker broker = new MosquittoBroker(folder, "allow_anonymous true")) {
      route("sparkplug", "mqtt-sparkplug", "tcp://127.0.0.1:" + broker.port(), "");
      try (EdgeNodeClient client = new EdgeNodeClient(broker.port(), edge, "any", 1)) {
        client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, 1.0));
        await().atMost(LONG).until(() -> !client.commands().isEmpty());

        client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
        client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, 32.0));

        await().atMost(LONG).until(() -> hub.rows(node) == 3);
      }
    }
  }

  private static String login(String authorities) {
    return "        userName: hub\n        password: s3\n        authorities: "
        + authorities
        + "\n";
  }

  private Registered gatewayed() {
    String gateway = RunningHub.unique("G");
    hub.post("/api/v1/gateways", hub.admin(), Map.of("serial", gateway));
    return hub.device(hub.admin(), Map.of("device_type", "sensor", "gateway_id", gateway));
  }

  /** The hub's own route under another id, with this broker; waits until it has subscribed. */
  private Path route(String name, String of, String url, String more) throws Exception {
    String id = "mqtt-" + name + "-" + share;
    String own = Files.readString(hub.routes().resolve("ingest/" + of + ".camel.yaml"));
    Path file = hub.routes().resolve("ingest/" + id + ".camel.yaml");
    Path draft = folder.resolve(id);
    Files.writeString(
        draft,
        own.replace("id: " + of + "\n", "id: " + id + "\n")
            .replace("id: mqtt-raw", "id: " + id + "-raw")
            .replace("\"{{hub.mqtt.subscribe:false}}\"", "\"true\"")
            .replaceAll("brokerUrl: .*", "brokerUrl: " + url)
            .replaceAll("clientId: .*", "clientId: trial-" + name)
            .replaceAll("        (userName|password|authorities): .*\n", "")
            .replace(
                "        leases: \"{{?hub.mqtt.leases}}\"\n",
                "        share: " + share + "\n" + more));
    Files.move(draft, file);
    routes.add(file);
    await().atMost(LONG).until(() -> status(file) == ServiceStatus.Started);
    if (more.isEmpty()) {
      await().atMost(LONG).until(() -> consumer(name).isConnected());
    }
    return file;
  }

  private MqttInConsumer consumer(String name) {
    return (MqttInConsumer) camel().getRoute("mqtt-" + name + "-" + share).getConsumer();
  }

  private ServiceStatus status(Path route) {
    return camel()
        .getRouteController()
        .getRouteStatus(route.getFileName().toString().replace(".camel.yaml", ""));
  }

  private CamelContext camel() {
    return hub.bean(CamelContext.class);
  }

  private Mosquitto.Ended pub(MosquittoBroker broker, String version, String to) throws Exception {
    return Mosquitto.publish(
        "-h",
        "127.0.0.1",
        "-p",
        Integer.toString(broker.port()),
        "-V",
        version,
        "-q",
        "1",
        "-t",
        to,
        "-m",
        "{\"metrics\":{\"temperature\":20}}");
  }

  private static Mqtt5AsyncClient sender(int port) {
    Mqtt5AsyncClient sender =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(RunningHub.unique("sender"))
            .serverHost("127.0.0.1")
            .serverPort(port)
            .buildAsync();
    sender.toBlocking().connect();
    return sender;
  }

  private CompletableFuture<?> publish(Mqtt5AsyncClient sender, int number) {
    return sender
        .publishWith()
        .topic(topic)
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(payload(number).getBytes(UTF_8))
        .send();
  }

  private String payload(int number) {
    return "{\"timestamp\":\"%s\",\"metrics\":{\"temperature\":%d}}"
        .formatted(began.plusSeconds(number), number % 40);
  }
}
