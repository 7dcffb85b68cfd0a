package io.caravanhub.hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureCheckTest {
  /**
   * RFC 4231 has no such layout; computed with: printf '1700000000.{}' | openssl dgst -sha256 -hmac
   * s3cret
   */
  private static final String HEX =
      "97926816e98fbb41ccb1673225ff29a2f35369099990e1b1561651e7bd097ebf";

  private static final String BASE64 = "l5JoFumPu0HMsWcyJf8povNTaQmZkOGxVhZR570Jfr8=";
  private static final Instant SIGNED = Instant.ofEpochSecond(1_700_000_000L);

  private static WebhookScheme scheme(WebhookScheme.Encoding encoding, String prefix) {
    return new WebhookScheme("X-Signature", "X-Timestamp", encoding, prefix, Duration.ofMinutes(5));
  }

  private static void check(String signature, String timestamp, String body, Instant now) {
    SignatureCheck.require(
        scheme(WebhookScheme.Encoding.HEX, ""),
        List.of("old", "s3cret"),
        timestamp,
        signature,
        body.getBytes(UTF_8),
        now);
  }

  @Test
  void aSignatureMadeWithOneOfTheSecretsIsGood() {
    assertThatCode(() -> check(HEX, "1700000000", "{}", SIGNED)).doesNotThrowAnyException();
    assertThatCode(() -> check(HEX.toUpperCase(java.util.Locale.ROOT), "1700000000", "{}", SIGNED))
        .doesNotThrowAnyException();
  }

  @Test
  void base64AndAPrefixAreReadToo() {
    assertThatCode(
            () ->
                SignatureCheck.require(
                    scheme(WebhookScheme.Encoding.BASE64, "v1="),
                    List.of("s3cret"),
                    "1700000000",
                    "v1=" + BASE64,
                    "{}".getBytes(UTF_8),
                    SIGNED))
        .doesNotThrowAnyException();
  }

  @Test
  void aChangedBodyIsRefused() {
    assertThatThrownBy(() -> check(HEX, "1700000000", "{ }", SIGNED))
        .hasMessage("the signature does not fit the body")
        .extracting("status", "field")
        .containsExactly(401, "/X-Signature");
  }

  @Test
  void aChangedTimeStampIsRefused() {
    assertThatThrownBy(() -> check(HEX, "1700000001", "{}", SIGNED))
        .hasMessage("the signature does not fit the body");
  }

  @Test
  void withoutASecretNothingIsGood() {
    assertThatThrownBy(
            () ->
                SignatureCheck.require(
                    scheme(WebhookScheme.Encoding.HEX, ""),
                    List.of(),
                    "1700000000",
                    HEX,
                    "{}".getBytes(UTF_8),
                    SIGNED))
        .isInstanceOf(WebhookRefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-301, 301, 86_400})
  void aReplayOutsideOfTheWindowIsRefused(int late) {
    assertThatThrownBy(() -> check(HEX, "1700000000", "{}", SIGNED.plusSeconds(late)))
        .hasMessageContaining("more than 300 s")
        .extracting("status", "field")
        .containsExactly(401, "/X-Timestamp");
  }

  @ParameterizedTest
  @ValueSource(ints = {-300, 0, 299, 300})
  void aClockThatIsOffALittleIsNot(int late) {
    assertThatCode(() -> check(HEX, "1700000000", "{}", SIGNED.plusSeconds(late)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "now", "1.7e9", "-1700000000", "99999999999999999999"})
  void aTimeStampThatIsNoneIsRefused(String timestamp) {
    assertThatThrownBy(() -> check(HEX, timestamp, "{}", SIGNED))
        .hasMessage("expected epoch seconds");
  }

  @ParameterizedTest
  @ValueSource(strings = {"xyz", "abc", "0"})
  void aSignatureThatCannotBeReadIsRefused(String signature) {
    assertThatThrownBy(() -> check(signature, "1700000000", "{}", SIGNED))
        .isInstanceOf(WebhookRefusedException.class);
  }

  @Test
  void anAbsentSignatureIsSaidSo() {
    assertThatThrownBy(() -> check("", "1700000000", "{}", SIGNED))
        .hasMessage("a signature is needed");
  }
}
