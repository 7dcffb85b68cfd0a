package io.caravanhub.sim.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class SendQueueTest {
  private final FlakyLink link = new FlakyLink();

  @Test
  void messagesAreSentInTheOrderTheyWereOffered() {
    try (SendQueue queue = new SendQueue("d", link, 10)) {
      offer(queue, "1", "2", "3");

      await().untilAsserted(() -> assertThat(link.acknowledged).containsExactly("1", "2", "3"));
    }
  }

  @Test
  void whatWasNotAcknowledgedIsSentAgainAndOrderHolds() {
    link.down = true;
    try (SendQueue queue = new SendQueue("d", link, 10)) {
      offer(queue, "1", "2", "3");
      await().until(() -> link.attempts > 1);
      link.down = false;

      await().untilAsserted(() -> assertThat(link.acknowledged).containsExactly("1", "2", "3"));
      assertThat(queue.size()).isZero();
    }
  }

  @Test
  void theOldestMessageGivesWayWhenTheQueueIsFull() {
    link.down = true;
    try (SendQueue queue = new SendQueue("d", link, 2)) {
      offer(queue, "1", "2", "3");
      assertThat(queue.size()).isEqualTo(2);
      assertThat(queue.dropped()).isEqualTo(1);
      link.down = false;

      await().untilAsserted(() -> assertThat(link.acknowledged).endsWith("2", "3"));
    }
  }

  private static void offer(SendQueue queue, String... messages) {
    List.of(messages).forEach(message -> queue.offer(message.getBytes(UTF_8)));
  }

  private static final class FlakyLink implements Link {
    private final List<String> acknowledged = new CopyOnWriteArrayList<>();
    private volatile boolean down;
    private volatile int attempts;

    @Override
    public void send(byte[] message) throws IOException {
      attempts = attempts + 1;
      if (down) {
        throw new IOException("down");
      }
      acknowledged.add(new String(message, UTF_8));
    }

    @Override
    public void close() {}
  }
}
