package io.caravanhub.edge.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.edge.uplink.HubChannels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final Hub hub = new Hub();
  private final List<String> written = new CopyOnWriteArrayList<>();
  private volatile PointWriter device =
      (tenant, of, metric, value) -> {
        written.add(tenant + " " + of + " " + metric + " " + value);
        return CompletableFuture.completedFuture(CommandOutcome.done(value));
      };
  @TempDir Path folder;
  private Commands commands;

  /** The hub's end of the channels. */
  private static final class Hub implements HubChannels {
    final List<String> answers = new CopyOnWriteArrayList<>();
    volatile boolean away;
    private volatile Consumer<byte[]> taker;

    @Override
    public void listen(String channel, Consumer<byte[]> taker) {
      assertThat(channel).isEqualTo("commands");
      this.taker = taker;
    }

    @Override
    public CompletableFuture<Void> send(String channel, byte[] body) {
      assertThat(channel).isEqualTo("commands/ack");
      if (away) {
        return CompletableFuture.failedFuture(new IOException("no connection"));
      }
      answers.add(new String(body, StandardCharsets.UTF_8));
      return CompletableFuture.completedFuture(null);
    }

    void command(String id, String value) {
      say(
          """
          {"id":"%s","device":"AHU-7","metric":"cooling_setpoint","value":%s,"expires":"%s"}\
          """
              .formatted(id, value, NOW.plusSeconds(10)));
    }

    void say(String message) {
      taker.accept(message.getBytes(StandardCharsets.UTF_8));
    }
  }

  @BeforeEach
  void start() {
    commands =
        new Commands(
            "default",
            folder,
            (tenant, of, metric, value) -> device.write(tenant, of, metric, value),
            hub,
            NOW::toEpochMilli,
            500,
            20);
    commands.start();
  }

  @AfterEach
  void stop() {
    commands.close();
  }

  private void answered(int many) {
    await().atMost(Duration.ofSeconds(30)).until(() -> hub.answers.size() >= many);
  }

  @Test
  void aCommandIsWrittenAndAnsweredWithWhatWasReadBack() {
    hub.command("c1", "21.5");
    hub.command("c2", "\"cool\"");
    hub.command("c3", "true");
    answered(3);
    assertThat(written)
        .containsExactly(
            "default AHU-7 cooling_setpoint 21.5",
            "default AHU-7 cooling_setpoint cool",
            "default AHU-7 cooling_setpoint true");
    assertThat(hub.answers.get(0))
        .isEqualTo("{\"id\":\"c1\",\"state\":\"done\",\"value\":21.5,\"reason\":null}");
  }

  @Test
  void aCommandThatComesAgainIsAnsweredAgainAndWrittenOnce() {
    hub.command("c1", "1");
    answered(1);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> commands.report().get("answers_waiting").equals(0));
    hub.command("c1", "1");
    answered(2);
    stop();
    start();
    hub.command("c1", "1");
    answered(3);
    assertThat(written).hasSize(1);
    assertThat(hub.answers).allMatch(answer -> answer.contains("\"done\""));
  }

  @Test
  void anExpiredOneIsNotWritten() {
    hub.say(
        "{\"id\":\"old\",\"device\":\"D\",\"metric\":\"m\",\"value\":1,\"expires\":\""
            + NOW
            + "\"}");
    answered(1);
    assertThat(hub.answers.get(0)).contains("\"expired\"", "it was wanted until");
    assertThat(written).isEmpty();
  }

  @Test
  void refusalsFailuresAndSilenceAreToldWithTheirReason() {
    device = (t, d, m, v) -> CompletableFuture.completedFuture(CommandOutcome.refused("not here"));
    hub.command("c1", "1");
    answered(1);
    device = (t, d, m, v) -> CompletableFuture.failedFuture(new IOException("reset"));
    hub.command("c2", "1");
    answered(2);
    device = (t, d, m, v) -> new CompletableFuture<>();
    hub.command("c3", "1");
    answered(3);
    device =
        (t, d, m, v) -> {
          throw new IllegalStateException("broken");
        };
    hub.command("c4", "1");
    answered(4);
    assertThat(hub.answers.get(0)).contains("\"refused\"", "not here");
    assertThat(hub.answers.get(1)).contains("\"failed\"", "reset");
    assertThat(hub.answers.get(2)).contains("\"failed\"", "no answer within");
    assertThat(hub.answers.get(3)).contains("\"failed\"", "broken");
    assertThat(commands.report().toString()).contains("refused=1", "failed=3");
  }

  @Test
  void whatCannotBeReadIsRefusedIfItHasAnId() {
    hub.say("garbage");
    hub.say("{\"id\":\"c1\"}");
    hub.say("{\"id\":\"c2\",\"device\":\"D\",\"metric\":\"m\",\"value\":[1],\"expires\":\"x\"}");
    answered(2);
    assertThat(hub.answers.get(0)).contains("\"refused\"", "device: is required");
    assertThat(hub.answers.get(1)).contains("value: expected a number");
    assertThat(commands.report()).containsEntry("unreadable", 3L);
  }

  @Test
  void answersOutliveAnAbsentHubAndARestart() {
    hub.away = true;
    hub.command("c1", "1");
    hub.command("c2", "2");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> commands.report().get("answers_waiting").equals(2));
    stop();
    start();
    hub.away = false;
    answered(2);
    assertThat(hub.answers.get(0)).contains("c1");
    assertThat(hub.answers.get(1)).contains("c2");
    assertThat(written).hasSize(2);
  }

  @Test
  void oneThatAKilledGatewayHadBegunIsNotTriedAgain() throws IOException {
    stop();
    Files.writeString(
        folder.resolve("commands.log"),
        "{\"id\":\"c1\",\"at\":" + System.currentTimeMillis() + "}\n{\"id\":\"c",
        StandardOpenOption.APPEND);
    start();
    hub.command("c1", "1");
    answered(1);
    assertThat(hub.answers.get(0)).contains("\"failed\"", "may have the value");
    assertThat(written).isEmpty();
  }
}
