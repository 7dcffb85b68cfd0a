package io.caravanhub.hub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessResourceFailureException;

class EmbeddedBrokerTest {
  private final Acting acting = new Acting();
  private final Tokens tokens = new Tokens(acting.jdbc);
  private final DeviceDirectory devices = new DeviceDirectory(acting.jdbc);
  private volatile boolean databaseAway;

  private final Gatekeeper gatekeeper =
      new Gatekeeper(tokens, devices, new SimpleMeterRegistry()) {
        @Override
        Optional<String> speaksFor(HubPrincipal caller, String[] levels) {
          if (databaseAway) {
            throw new DataAccessResourceFailureException("the database is away");
          }
          return super.speaksFor(caller, levels);
        }
      };

  private String tenant;
  private String token;
  private int port;
  private EmbeddedBroker broker;
  private @Nullable Mqtt5BlockingClient client;

  @BeforeEach
  void startTheBroker(@TempDir Path folder) throws IOException {
    tenant = TestDatabase.tenant();
    String device = TestDatabase.device(tenant, "PUMP-9", "pump", "One");
    token = tokens.issue(tenant, "device", device);
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    broker = EmbeddedBroker.start(folder, "127.0.0.1", port, gatekeeper, Duration.ofSeconds(5));
  }

  @AfterEach
  void stop() {
    if (client != null && client.getState().isConnected()) {
      client.disconnect();
    }
    broker.close();
  }

  @Test
  void aPublishIsAcknowledgedWhenItsRouteIsDone() {
    take(publish -> CompletableFuture.completedFuture(null));
    assertThat(publish()).isEqualTo(Mqtt5PubAckReasonCode.SUCCESS);
  }

  @Test
  void aPublishThatItsRouteFailsIsNotAcknowledged() {
    take(publish -> CompletableFuture.failedFuture(new IllegalStateException("no")));
    assertThat(publish()).isEqualTo(Mqtt5PubAckReasonCode.UNSPECIFIED_ERROR);
  }

  @Test
  void aPublishWhoseRouteThrowsIsNotAcknowledged() {
    take(
        publish -> {
          throw new IllegalStateException("no");
        });
    assertThat(publish()).isEqualTo(Mqtt5PubAckReasonCode.UNSPECIFIED_ERROR);
  }

  @Test
  void aPublishWhoseRightsCannotBeCheckedIsNotAcknowledged() {
    take(publish -> CompletableFuture.completedFuture(null));
    databaseAway = true;
    assertThat(publish()).isEqualTo(Mqtt5PubAckReasonCode.UNSPECIFIED_ERROR);
  }

  @Test
  void aPublishThatNobodyEndsIsNotAcknowledged() {
    take(publish -> new CompletableFuture<>());
    assertThat(publish()).isEqualTo(Mqtt5PubAckReasonCode.UNSPECIFIED_ERROR);
  }

  @Test
  void aPublishForAnotherDeviceIsRefused() {
    take(publish -> CompletableFuture.completedFuture(null));
    assertThat(publish("t/" + tenant + "/d/PUMP-8/telemetry"))
        .isEqualTo(Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void aGatewayCannotNameItselfWithAWildcard() {
    String id =
        TestDatabase.owner()
            .sql(
                "insert into gateways (tenant_id, serial, name) values (?, 'gw-1', 'One') returning id::text")
            .param(tenant)
            .query(String.class)
            .single();
    String gateway = tokens.issue(tenant, "gateway", id);
    assertThat(gatekeeper.admit("gw-1", gateway, "")).isPresent();
    assertThat(gatekeeper.admit("gw-2", gateway, "")).isEmpty();
    assertThat(gatekeeper.admit("+", gateway, "")).isEmpty();
    assertThat(gatekeeper.admit("gw-1/#", gateway, "")).isEmpty();
  }

  @Test
  void qualityTwoThatItsRouteFailedIsGivenToTheRouteWhenItComesAgain() throws IOException {
    AtomicInteger taken = new AtomicInteger();
    take(
        publish ->
            taken.incrementAndGet() == 1
                ? CompletableFuture.failedFuture(new IllegalStateException("away"))
                : CompletableFuture.completedFuture(null));
    String topic = "t/" + tenant + "/d/PUMP-9/telemetry";
    try (RawMqtt mqtt = new RawMqtt(port, "raw", "PUMP-9", token)) {
      mqtt.publish(2, false, 1, topic, "{}");
      assertThatThrownBy(() -> mqtt.expect(RawMqtt.PUBREC)).isInstanceOf(IOException.class);
    }
    try (RawMqtt mqtt = new RawMqtt(port, "raw", "PUMP-9", token)) {
      mqtt.publish(2, true, 1, topic, "{}");
      mqtt.expect(RawMqtt.PUBREC);
    }
    assertThat(taken).hasValue(2);
  }

  private void take(EmbeddedBroker.Taker taker) {
    broker.subscribe(new TopicFilter("t/+/d/+/telemetry"), taker);
  }

  private Mqtt5PubAckReasonCode publish() {
    return publish("t/" + tenant + "/d/PUMP-9/telemetry");
  }

  private Mqtt5PubAckReasonCode publish(String topic) {
    Mqtt5BlockingClient connected =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier("pump-9")
            .serverHost("127.0.0.1")
            .serverPort(port)
            .simpleAuth()
            .username("PUMP-9")
            .password(token.getBytes(StandardCharsets.UTF_8))
            .applySimpleAuth()
            .buildBlocking();
    client = connected;
    connected.connect();
    try {
      connected
          .publishWith()
          .topic(topic)
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload("{}".getBytes(StandardCharsets.UTF_8))
          .send();
      return Mqtt5PubAckReasonCode.SUCCESS;
    } catch (Mqtt5PubAckException e) {
      return e.getMqttMessage().getReasonCode();
    }
  }
}
