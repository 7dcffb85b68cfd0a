package io.caravanhub.core.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RepetitionTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L);
  private static final byte[] BODY = "{}".getBytes(UTF_8);

  private static WebhookScheme scheme(Map<String, String> annotations) {
    Map<String, String> full = new HashMap<>();
    annotations.forEach((name, value) -> full.put("caravanhub.io/webhook." + name, value));
    return Objects.requireNonNull(WebhookScheme.read(full));
  }

  private static WebhookScheme hmac(String encoding) {
    return scheme(
        Map.of(
            "signature", "hmac-sha256",
            "signature-header", "X-S",
            "signature-encoding", encoding,
            "signature-prefix", "v1=",
            "timestamp-header", "X-T"));
  }

  private static WebhookScheme jwt() {
    return scheme(Map.of("signature", "jwt", "signature-header", "X-S", "digest-claim", "sum"));
  }

  /** The digest of a message that is let in with this proof. */
  private static String taken(WebhookScheme scheme, String proof) {
    Map<String, String> headers = Map.of("X-S", proof, "X-T", "1700000000");
    SignatureCheck.require(scheme, List.of("s"), headers::get, BODY, NOW);
    return HexFormat.of().formatHex(Repetition.digest(scheme, headers::get, BODY));
  }

  @Test
  void aProofThatIsSpelledOtherwiseIsOfTheSameMessage() {
    String hex = SignatureCheck.sign(hmac("hex"), "s", "1700000000", BODY);
    String base64 = SignatureCheck.sign(hmac("base64"), "s", "1700000000", BODY);
    String token = SignatureCheck.token(jwt(), "s", BODY, NOW);
    List<String> hexes =
        List.of(hex, hex.substring(3), "v1=" + hex.substring(3).toUpperCase(Locale.ROOT));
    List<String> base64s =
        List.of(base64, base64.substring(3), base64.substring(0, base64.length() - 1));
    assertThat(hexes.stream().map(proof -> taken(hmac("hex"), proof)).distinct()).hasSize(1);
    assertThat(base64s.stream().map(proof -> taken(hmac("base64"), proof)).distinct()).hasSize(1);
    List<String> tokens = List.of(token, "Bearer " + token, token + "=");
    assertThat(tokens.stream().map(proof -> taken(jwt(), proof)).distinct()).hasSize(1);
  }

  @Test
  void anotherTimeOrBodyIsAnotherMessage() {
    WebhookScheme scheme = hmac("hex");
    String one = digest(scheme, "1700000000", "{}");
    assertThat(digest(scheme, "1700000001", "{}")).isNotEqualTo(one);
    assertThat(digest(scheme, "1700000000", "{ }")).isNotEqualTo(one);
  }

  private static String digest(WebhookScheme scheme, String at, String body) {
    Map<String, String> headers = Map.of("X-S", "", "X-T", at);
    return HexFormat.of().formatHex(Repetition.digest(scheme, headers::get, body.getBytes(UTF_8)));
  }

  private static Instant until(String claims) {
    Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
    String token = "e30." + url.encodeToString(claims.getBytes(UTF_8)) + ".e30";
    return Repetition.until(jwt(), name -> token, NOW);
  }

  @Test
  void aTokenIsRememberedForAsLongAsItIsGood() {
    assertThat(until("{\"iat\":1700000000,\"exp\":1700172800}"))
        .isEqualTo(NOW.plusSeconds(172_800 + 300));
    assertThat(until("{\"iat\":1700000100}")).isEqualTo(NOW.plusSeconds(100 + 300));
    assertThat(until("{\"exp\":9000000000000000000}")).isAfter(NOW.plusSeconds(86_400 * 365_000L));
  }

  @Test
  void aSignatureIsRememberedForTheWindowToBothSides() {
    assertThat(Repetition.until(hmac("hex"), name -> "", NOW)).isEqualTo(NOW.plusSeconds(600));
  }
}
