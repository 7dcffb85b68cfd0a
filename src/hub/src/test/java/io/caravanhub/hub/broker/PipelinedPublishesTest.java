package io.caravanhub.hub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.interceptor.puback.parameter.PubackOutboundInput;
import com.hivemq.extension.sdk.api.interceptor.puback.parameter.PubackOutboundOutput;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One connection has many publishes under way, and none is acknowledged unstored. */
class PipelinedPublishesTest {
  private static final RunningHub HUB = RunningHub.get();
  private static final TopicFilter ALL = new TopicFilter("t/#");
  private static final AtomicBoolean SERVING = new AtomicBoolean(true);
  private static EmbeddedBroker broker;
  private static int port;
  private static Answer gateway;
  private static String topic;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    broker =
        EmbeddedBroker.start(
            folder,
            "127.0.0.1",
            port,
            null,
            HUB.bean(Gatekeeper.class),
            SERVING::get,
            Duration.ofSeconds(5));
    gateway = HUB.post("/api/v1/gateways", HUB.admin(), Map.of("serial", RunningHub.unique("G")));
    Registered device =
        HUB.device(
            HUB.admin(), Map.of("device_type", "sensor", "gateway_id", gateway.text("serial")));
    topic = "t/default/g/" + gateway.text("id") + "/d/" + device.id() + "/telemetry";
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void takesPublishesWhileEarlierOnesAreNotStoredYet() throws Exception {
    assertThat(mostUnderWay(PipelinedPublishesTest::connect, topic)).isGreaterThan(10);
  }

  @Test
  void aDeviceWithABacklogNeedNotWaitForEachCommitEither() throws Exception {
    Registered device = HUB.device("sensor");
    String own = "t/default/d/" + device.id() + "/telemetry";
    assertThat(mostUnderWay(() -> MqttDevice.connect(port, device.id(), device.token()), own))
        .isGreaterThan(10);
  }

  private static int mostUnderWay(Supplier<MqttDevice> client, String topic) throws Exception {
    Queue<CompletableFuture<Void>> held = new ConcurrentLinkedQueue<>();
    AtomicInteger most = new AtomicInteger();
    List<CompletableFuture<Mqtt5PublishResult>> sent = new ArrayList<>();
    ScheduledExecutorService commits = Executors.newSingleThreadScheduledExecutor();
    try (AutoCloseable taking = taking(publish -> hold(held));
        MqttDevice mqtt = client.get()) {
      commits.scheduleWithFixedDelay(() -> commit(held, most), 50, 50, TimeUnit.MILLISECONDS);
      for (int i = 0; i < 200; i++) {
        sent.add(mqtt.publish(topic, "{}"));
      }
      for (CompletableFuture<Mqtt5PublishResult> publish : sent) {
        assertThat(publish.get(30, TimeUnit.SECONDS).getError()).isEmpty();
      }
    } finally {
      commits.shutdownNow();
    }
    return most.get();
  }

  private static void commit(Queue<CompletableFuture<Void>> held, AtomicInteger most) {
    int n = held.size();
    most.accumulateAndGet(n, Math::max);
    for (; n > 0; n--) {
      held.remove().complete(null);
    }
  }

  @Test
  void whileTheHubStartsOrStopsNobodyIsLetInAndNoPublishIsToBlame() throws Exception {
    try (MqttDevice mqtt = connect()) {
      SERVING.set(false);
      assertThat(mqtt.publish(topic, "{}").handle((sent, failure) -> code(failure)))
          .succeedsWithin(Duration.ofSeconds(30))
          .isEqualTo(Mqtt5PubAckReasonCode.QUOTA_EXCEEDED);
      assertThatThrownBy(PipelinedPublishesTest::connect)
          .hasMessageContaining("SERVER_UNAVAILABLE");
    } finally {
      SERVING.set(true);
    }
    try (MqttDevice mqtt = connect()) {
      assertThat(mqtt.isConnected()).isTrue();
    }
  }

  private static Mqtt5PubAckReasonCode code(Throwable failure) {
    return ((Mqtt5PubAckException) failure).getMqttMessage().getReasonCode();
  }

  @Test
  void aPublishThatIsNotStoredIsNotAcknowledged() throws Exception {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    CompletableFuture<Void> taken = new CompletableFuture<>();
    try (AutoCloseable taking =
            taking(
                publish -> {
                  taken.complete(null);
                  return outcome;
                });
        MqttDevice mqtt = connect()) {
      CompletableFuture<Mqtt5PublishResult> publish = mqtt.publish(topic, "{}");
      taken.get(10, TimeUnit.SECONDS);
      outcome.completeExceptionally(new IOException("the store is away"));
      assertUnacknowledged(publish);
    }
  }

  @Test
  void aPublishThatTakesTooLongEndsTheConnectionUnacknowledged() throws Exception {
    CompletableFuture<Void> never = new CompletableFuture<>();
    try (AutoCloseable taking = taking(publish -> never);
        MqttDevice mqtt = connect()) {
      assertUnacknowledged(mqtt.publish(topic, "{}"));
      assertThat(mqtt.isConnected()).isFalse();
    }
  }

  @Test
  void comesBackUnderTheSameNameAfterAFailure() throws Exception {
    aPublishThatIsNotStoredIsNotAcknowledged();
    try (AutoCloseable taking = taking(publish -> CompletableFuture.completedFuture(null));
        MqttDevice mqtt = connect()) {
      assertThat(mqtt.publish(topic, "{}").get(10, TimeUnit.SECONDS).getError()).isEmpty();
    }
  }

  @Test
  void aDeviceWithABacklogComesBackAfterTheStoreWasAway() throws Exception {
    String client = RunningHub.unique("raw");
    Registered device = HUB.device("sensor");
    String own = "t/default/d/" + device.id() + "/telemetry";
    AtomicBoolean away = new AtomicBoolean(true);
    try (AutoCloseable taking =
        taking(
            publish ->
                away.get() ? new CompletableFuture<>() : CompletableFuture.completedFuture(null))) {
      for (int time = 0; time < 2; time++) {
        try (RawMqtt mqtt = new RawMqtt(port, client, device.id(), device.token())) {
          for (int id = 1; id <= 10; id++) {
            mqtt.publish(1, false, id, own, "{}");
          }
          assertThatThrownBy(() -> mqtt.expect(RawMqtt.PUBACK)).isInstanceOf(EOFException.class);
        }
      }
      away.set(false);
      try (RawMqtt mqtt = new RawMqtt(port, client, device.id(), device.token())) {
        for (int id = 1; id <= 10; id++) {
          mqtt.publish(1, true, id, own, "{}");
          mqtt.expect(RawMqtt.PUBACK);
        }
      }
    }
  }

  @Test
  void holdsThePubackBackUntilADisconnectSucceeds() {
    AtomicInteger tries = new AtomicInteger();
    AtomicBoolean released = new AtomicBoolean();
    AtomicInteger triesAtRelease = new AtomicInteger();
    PipelinedPublishes.Connections failing =
        new PipelinedPublishes.Connections() {
          @Override
          public CompletableFuture<Boolean> disconnect(String clientId) {
            return switch (tries.incrementAndGet()) {
              case 1 -> CompletableFuture.failedFuture(new IllegalStateException("busy"));
              case 2 -> throw new IllegalStateException("busy");
              default -> CompletableFuture.completedFuture(true);
            };
          }

          @Override
          public boolean isOpen(ConnectionInformation connection) {
            return true;
          }
        };
    Duration longest = Duration.ofSeconds(1);
    PipelinedPublishes pipelined =
        new PipelinedPublishes(
            new TelemetryInterceptor(HUB.bean(Gatekeeper.class), broker, longest),
            failing,
            longest);
    pipelined.hold(7, CompletableFuture.failedFuture(new IOException("the store is away")));

    pipelined.onOutboundPuback(
        stub(PubackOutboundInput.class, Map.of("getPacketIdentifier", 7, "getClientId", "x")),
        stub(
            PubackOutboundOutput.class,
            Map.of(
                "getStatus",
                Async.Status.RUNNING,
                "resume",
                (Runnable)
                    () -> {
                      triesAtRelease.set(tries.get());
                      released.set(true);
                    })));

    await().atMost(Duration.ofSeconds(10)).untilTrue(released);
    assertThat(triesAtRelease).hasValue(3);
  }

  /** Answers by the name of the method; what has no answer gives a stub of its return type. */
  private static <T> T stub(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answer = answers.get(method.getName());
              if (answer instanceof Runnable action) {
                action.run();
                return null;
              }
              return answer != null || method.getReturnType() == void.class
                  ? answer
                  : stub(method.getReturnType(), answers);
            }));
  }

  private static CompletableFuture<Void> hold(Queue<CompletableFuture<Void>> held) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    held.add(answer);
    return answer;
  }

  private static AutoCloseable taking(
      Function<EmbeddedBroker.Publish, CompletableFuture<Void>> taker) {
    broker.subscribe(ALL, taker::apply);
    return () -> broker.unsubscribe(ALL);
  }

  private static MqttDevice connect() {
    return MqttDevice.connect(port, gateway.text("id"), gateway.text("token"));
  }

  /** An error instead of an acknowledgement, or no answer and the end of the connection. */
  private static void assertUnacknowledged(CompletableFuture<Mqtt5PublishResult> publish) {
    assertThatThrownBy(() -> publish.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
  }
}
