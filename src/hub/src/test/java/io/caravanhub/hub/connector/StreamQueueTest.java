package io.caravanhub.hub.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.stream.InTurn;
import io.caravanhub.core.stream.Received;
import io.caravanhub.hub.connector.StreamSink.Ready;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamQueueTest {
  private static final Instant AT = Instant.parse("2026-01-01T08:00:00Z");

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
  private final InTurn turn = new InTurn(threads);
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final Set<String> refused = new HashSet<>();
  private final Map<String, Consumer<Throwable>> underWay = new HashMap<>();
  private final StreamQueue queue =
      new StreamQueue(
          turn,
          threads,
          Duration.ofMillis(20),
          this::first,
          this::then,
          () -> false,
          failure -> seen.add(failure.getMessage()));

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private synchronized Ready first(Received message) {
    String text = new String(message.payload(), UTF_8);
    seen.add("first " + text);
    if (refused.remove(text)) {
      throw new IllegalStateException("away");
    }
    return new Ready(List.of(new PartMessage(text, "", message.payload(), 7)), "", message.at());
  }

  private synchronized void then(Ready ready, Consumer<Throwable> done) {
    String text = ready.parts().get(0).device();
    seen.add("then " + text);
    underWay.put(text, done);
  }

  private void came(String text) {
    Received message = new Received("", text.getBytes(UTF_8), false, AT, () -> {});
    turn.execute(() -> queue.add(message, () -> seen.add("done " + text)));
  }

  private void saw(String... what) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(seen).contains(what));
  }

  private synchronized void end(String text, Throwable failure) {
    underWay.remove(text).accept(failure);
  }

  @Test
  void messagesAreUnderWayTogetherUntilOneFails() {
    came("offline");
    came("online");
    saw("then offline", "then online");
    end("online", null);
    saw("done online");
    came("later");
    saw("then later");

    end("offline", new IllegalStateException("away"));
    came("behind");
    end("later", null);
    saw("done later", "away");
    await().until(() -> seen.stream().filter("then offline"::equals).count() == 2);
    assertThat(seen).doesNotContain("first behind");

    end("offline", null);
    saw("done offline", "then behind");
    assertThat(seen.stream().filter("first offline"::equals)).hasSize(1);
  }

  @Test
  void noneOvertakesOneWhoseDevicesCouldNotBeWritten() {
    synchronized (this) {
      refused.add("a");
    }
    came("a");
    came("b");
    saw("then a");
    assertThat(seen).containsExactly("first a", "away", "first a", "then a");

    end("a", null);
    saw("then b");
  }

  @Test
  void thoseThatFailTogetherComeAgainInTheirOrder() {
    came("a");
    came("b");
    saw("then a", "then b");
    end("b", new IllegalStateException("away"));
    end("a", new IllegalStateException("away"));
    await().until(() -> seen.stream().filter("then a"::equals).count() == 2);
    assertThat(seen.stream().filter("then b"::equals)).hasSize(1);

    end("a", null);
    await().until(() -> seen.stream().filter("then b"::equals).count() == 2);
  }
}
