package io.caravanhub.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamLinksTest {
  private static final CloudAccess NOTHING =
      new CloudAccess() {
        @Override
        public String value(String name) {
          return null;
        }

        @Override
        public void renew(Map<String, String> renewed) {
          throw new AssertionError("nothing is renewed");
        }
      };

  @ParameterizedTest
  @CsvSource({
    "mqtt, mqtt://127.0.0.1:70000, topic: units/+",
    "mqtt, mqtts://127.0.0.1:65536, topic: units/+",
    "websocket, ws://127.0.0.1:70000/v1, mapping: telemetry"
  })
  void aPortThatCannotBeIsABadSetting(String type, String url, String more) {
    StreamPlan plan =
        StreamFile.read(
            "{type: %s, url: \"%s\", messages: [{name: units, device: \"{/unit}\", %s}]}"
                .formatted(type, url, more));
    ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor();
    try {
      assertThatThrownBy(
              () ->
                  StreamLinks.of(
                      plan,
                      NOTHING,
                      new MessageSorter(plan.messages(), NOTHING::value),
                      new CloudHttp(Duration.ofSeconds(1)),
                      Clock.systemUTC(),
                      new LinkOptions(
                          "test", false, "", new InTurn(threads), threads, Duration.ofSeconds(1)),
                      null))
          .isInstanceOfSatisfying(
              CloudException.class, e -> assertThat(e.kind()).isEqualTo(CloudException.Kind.WRONG))
          .hasMessageContaining("65535");
    } finally {
      threads.shutdownNow();
    }
  }
}
