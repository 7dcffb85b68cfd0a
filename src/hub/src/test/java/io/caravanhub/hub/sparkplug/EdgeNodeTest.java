package io.caravanhub.hub.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EdgeNodeTest {
  private final EdgeNode node = new EdgeNode();

  @Test
  void remembersNoMoreDevicesThanItMay() {
    SparkplugPayload birth = new SparkplugPayload(1, 0, List.of());
    node.born(birth);
    for (int i = 0; i < EdgeNode.DEVICES_MAX; i++) {
      assertThat(node.deviceBorn("device-" + i, birth)).isTrue();
    }

    assertThat(node.deviceBorn("one more", birth)).isFalse();
    assertThat(node.deviceBorn("device-0", birth)).as("born again").isTrue();
  }
}
