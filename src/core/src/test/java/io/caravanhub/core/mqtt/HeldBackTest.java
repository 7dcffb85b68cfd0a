package io.caravanhub.core.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HeldBackTest {
  private final HeldBack held = new HeldBack();

  private static Mqtt5Publish of(String topic) {
    return Mqtt5Publish.builder().topic(topic).build();
  }

  private HeldBack.Message come(String topic) {
    return Objects.requireNonNull(held.comes(of(topic)));
  }

  @Test
  void whatComesAfterAFailedMessageOfItsTopicWaitsBehindIt() {
    HeldBack.Message first = come("a");
    HeldBack.Message second = come("a");
    assertThat(held.failed(second)).isTrue();
    assertThat(held.failed(first)).isFalse();
    assertThat(held.comes(of("a"))).isNull();
    assertThat(held.comes(of("b"))).isNotNull();

    assertThat(held.take("a")).extracting(HeldBack.Message::number).containsExactly(1L, 2L, 3L);
    assertThat(held.comes(of("a"))).as("while they are tried").isNull();
    assertThat(held.waits("a")).isTrue();
    assertThat(held.take("a")).extracting(HeldBack.Message::number).containsExactly(5L);
    assertThat(held.waits("a")).isFalse();
    assertThat(held.comes(of("a"))).isNotNull();
  }

  @Test
  void whatIsTriedAgainWaitsBehindAnEarlierOneThatFailsAgain() {
    HeldBack.Message first = come("a");
    HeldBack.Message second = come("a");
    held.failed(first);
    held.failed(second);
    held.take("a");

    held.failed(first);
    assertThat(held.isBehind(second)).isTrue();
    assertThat(held.isBehind(first)).isFalse();
    assertThat(held.take("a")).containsExactly(first, second);
  }
}
