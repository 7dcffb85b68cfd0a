package io.caravanhub.hub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.extension.sdk.api.async.Async;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Logins that wait for a database that is away. */
class LateLoginTest {
  private static final RunningHub HUB = RunningHub.get();

  @Test
  void whoseTurnCameTooLateHoldsNoClientId() throws Exception {
    List<Registered> devices = Stream.generate(() -> HUB.device("sensor")).limit(24).toList();
    Registered other = HUB.device("sensor");
    List<CompletableFuture<Mqtt5ConnAck>> logins = new ArrayList<>();
    HUB.toDatabase().refuse();
    HUB.toDatabase().cut();
    try {
      devices.forEach(device -> logins.add(connect(client(device.id()), device)));
      for (CompletableFuture<Mqtt5ConnAck> login : logins) {
        assertThatThrownBy(() -> login.get(30, TimeUnit.SECONDS))
            .hasCauseInstanceOf(Mqtt5ConnAckException.class);
      }
    } finally {
      HUB.databaseIsBack();
    }

    for (Registered device : devices) {
      connectsAndLeaves(client(device.id()), other);
    }
  }

  @Test
  void whoIsNotWaitedForIsNotLookedUp() {
    List<String> done = new ArrayList<>();
    Turn turn = new Turn();
    turn.status = Async.Status.CANCELED;
    BrokerExtension.inTime(turn, () -> done.add("decided"), () -> done.add("undone"));
    assertThat(done).containsExactly("undone");
  }

  @Test
  void whatWasDecidedTooLateIsUndone() {
    List<String> done = new ArrayList<>();
    Turn turn = new Turn();
    Runnable slow =
        () -> {
          done.add("decided");
          turn.status = Async.Status.CANCELED;
        };
    BrokerExtension.inTime(turn, slow, () -> done.add("undone"));
    assertThat(done).containsExactly("decided", "undone");
  }

  @Test
  void whatWasDecidedInTimeStands() {
    List<String> done = new ArrayList<>();
    Turn turn = new Turn();
    BrokerExtension.inTime(turn, () -> done.add("decided"), () -> done.add("undone"));
    assertThat(done).containsExactly("decided");
    assertThat(turn.status).isEqualTo(Async.Status.DONE);
  }

  /** What the broker waits with, which gives up when its status is set to that. */
  private static final class Turn implements Async<String> {
    private Status status = Status.RUNNING;

    @Override
    public void resume() {
      if (status == Status.RUNNING) {
        status = Status.DONE;
      }
    }

    @Override
    public String getOutput() {
      return "";
    }

    @Override
    public Status getStatus() {
      return status;
    }
  }

  private static void connectsAndLeaves(Mqtt5AsyncClient client, Registered as) {
    assertThat(connect(client, as)).succeedsWithin(Duration.ofSeconds(30));
    client.toBlocking().disconnect();
  }

  private static Mqtt5AsyncClient client(String id) {
    return Mqtt5Client.builder()
        .identifier("late-" + id)
        .serverHost("127.0.0.1")
        .serverPort(HUB.mqttPort())
        .buildAsync();
  }

  private static CompletableFuture<Mqtt5ConnAck> connect(Mqtt5AsyncClient client, Registered as) {
    return client
        .connectWith()
        .simpleAuth()
        .username(as.id())
        .password(as.token().getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
  }
}
