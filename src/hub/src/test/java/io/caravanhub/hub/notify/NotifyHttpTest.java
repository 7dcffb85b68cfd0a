package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where nothing is sent, and how what is sent is signed. */
class NotifyHttpTest {
  private final NotifyHttp strict = new NotifyHttp(Duration.ofSeconds(1), false);
  private final NotifyHttp open = new NotifyHttp(Duration.ofSeconds(1), true);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "[::1]",
        "[fd12::1]",
        "[64:ff9b::10.1.2.3]",
        "[2002:c0a8:101::1]",
        "[::192.168.1.1]"
      })
  void privateAddressesAreRefusedUnlessTheHubMay(String host) {
    assertThat(strict.refusal(host)).contains("private");
    assertThat(open.refusal(host)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "224.0.0.1",
        "[64:ff9b::169.254.169.254]"
      })
  void addressesOfTheLinkAreRefusedAlways(String host) {
    assertThat(open.refusal(host)).contains("link");
    assertThat(open.linkRefusal(host)).contains("link");
  }

  @Test
  void aPublicAddressIsTaken() {
    assertThat(strict.refusal("192.0.2.1")).isNull();
    assertThat(strict.refusal("[64:ff9b::192.0.2.1]")).isNull();
  }

  /** The example of the specification's reference libraries. */
  @Test
  void signaturesAreThoseOfStandardWebhooks() {
    assertThat(
            WebhookSeal.headers(
                List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1614265330),
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }
}
