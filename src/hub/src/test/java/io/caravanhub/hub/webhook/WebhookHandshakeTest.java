package io.caravanhub.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.WebhookScheme.Handshake;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookHandshakeTest {
  private static final List<String> SECRETS = List.of("s3cret");
  private static final String SIGNED = "{\"response\":\"sha256={hmac}\"}";

  private static String answer(Handshake handshake, String challenge, String more) {
    String query = "crc=" + URLEncoder.encode(challenge, StandardCharsets.UTF_8) + more;
    WebhookHandshake.Answer answer = WebhookHandshake.byQuery(handshake, query, SECRETS);
    return answer == null ? "" : answer.body();
  }

  private static String hmac(String challenge) {
    return HexFormat.of().formatHex(SignatureCheck.answer("s3cret", challenge));
  }

  @Test
  void anOpaqueChallengeIsSigned() {
    String challenge = "qgg8vlvZRS6UYooatFL8Aw_-0";
    assertThat(answer(new Handshake("crc", "", SIGNED), challenge, ""))
        .isEqualTo("{\"response\":\"sha256=" + hmac(challenge) + "\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"unit\":{\"serial\":\"R\"}}",
        "1700000000.{}",
        "v1:1700000000:{}",
        "[1]",
        "1700000000.1",
        "\"x\"",
        "17",
        "-1e5",
        "true",
        "a b"
      })
  void nobodyHasTheSecretSignAMessageForThem(String challenge) {
    for (String answer : List.of(SIGNED, "{hmac_base64}")) {
      assertThatThrownBy(() -> answer(new Handshake("crc", "", answer), challenge, ""))
          .isInstanceOfSatisfying(
              WebhookRefusedException.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.field()).isEqualTo("/crc");
              });
    }
  }

  @Test
  void aLongChallengeIsNotSigned() {
    Handshake handshake = new Handshake("crc", "", SIGNED);
    assertThat(answer(handshake, "a".repeat(256), "")).contains(hmac("a".repeat(256)));
    assertThatThrownBy(() -> answer(handshake, "a".repeat(257), ""))
        .isInstanceOf(WebhookRefusedException.class);
  }

  @Test
  void whoKnowsTheSecretAndWhoeverWantsTheChallengeAloneIsAnsweredAnything() {
    assertThat(answer(new Handshake("crc", "token", SIGNED), "1.{}", "&token=s3cret"))
        .contains(hmac("1.{}"));
    assertThat(answer(new Handshake("crc", "", ""), "1.{}", "")).isEqualTo("1.{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":\"{hmac}\"}", "{hmac_base64}"})
  void placesInTheChallengeAreNotFilled(String challenge) {
    assertThat(answer(new Handshake("crc", "", ""), challenge, "")).isEqualTo(challenge);
  }
}
