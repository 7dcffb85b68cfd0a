package io.caravanhub.core.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
    return scheme(
        Map.of(
            "signature", "hmac-sha256",
            "signature-header", "X-Signature",
            "timestamp-header", "X-Timestamp",
            "signature-encoding", encoding.name().toLowerCase(Locale.ROOT),
            "signature-prefix", prefix));
  }

  private static WebhookScheme scheme(Map<String, String> annotations) {
    Map<String, String> full = new HashMap<>();
    annotations.forEach((name, value) -> full.put("caravanhub.io/webhook." + name, value));
    return Objects.requireNonNull(WebhookScheme.read(full));
  }

  private static void check(String signature, String timestamp, String body, Instant now) {
    SignatureCheck.require(
        scheme(WebhookScheme.Encoding.HEX, ""),
        List.of("old", "s3cret"),
        Map.of("X-Signature", signature, "X-Timestamp", timestamp)::get,
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
                    Map.of("X-Signature", "v1=" + BASE64, "X-Timestamp", "1700000000")::get,
                    "{}".getBytes(UTF_8),
                    SIGNED))
        .doesNotThrowAnyException();
  }

  @Test
  void aChangedBodyIsRefused() {
    assertThatThrownBy(() -> check(HEX, "1700000000", "{ }", SIGNED))
        .hasMessage("the signature does not fit the body")
        .extracting("header")
        .isEqualTo("X-Signature");
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
                    Map.of("X-Signature", HEX, "X-Timestamp", "1700000000")::get,
                    "{}".getBytes(UTF_8),
                    SIGNED))
        .isInstanceOf(SignatureException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-301, 301, 86_400})
  void aReplayOutsideOfTheWindowIsRefused(int late) {
    assertThatThrownBy(() -> check(HEX, "1700000000", "{}", SIGNED.plusSeconds(late)))
        .hasMessageContaining("more than 300 s")
        .extracting("header")
        .isEqualTo("X-Timestamp");
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
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void anAbsentSignatureIsSaidSo() {
    assertThatThrownBy(() -> check("", "1700000000", "{}", SIGNED))
        .hasMessage("a signature is needed");
  }

  private static void checkOne(
      WebhookScheme scheme, String secret, String proof, String body, Instant now) {
    SignatureCheck.require(
        scheme,
        List.of(secret),
        name -> name.equals(scheme.header()) ? proof : name.equals("X-T") ? "1700000000000" : "",
        body.getBytes(UTF_8),
        now);
  }

  @Test
  void otherDigestsOverTheBodyAloneAreMadeAndChecked() {
    for (String kind : List.of("hmac-sha1", "hmac-sha512")) {
      WebhookScheme scheme = scheme(Map.of("signature", kind, "signature-header", "X-S"));
      String made = SignatureCheck.sign(scheme, "k", "", "{}".getBytes(UTF_8));
      assertThatCode(() -> checkOne(scheme, "k", made, "{}", SIGNED)).doesNotThrowAnyException();
      assertThatThrownBy(() -> checkOne(scheme, "other", made, "{}", SIGNED))
          .isInstanceOf(SignatureException.class);
    }
  }

  @Test
  void aSecretInBase64AndALayoutOfItsOwnAreUnderstood() {
    WebhookScheme scheme =
        scheme(
            Map.of(
                "signature", "hmac-sha256",
                "signature-header", "X-S",
                "signature-prefix", "v1=",
                "timestamp-header", "X-T",
                "timestamp-unit", "millis",
                "signed", "v1:{timestamp}:{body}",
                "secret-encoding", "base64"));
    String secret = Base64.getEncoder().encodeToString("s3cret".getBytes(UTF_8));
    byte[] signed =
        SignatureCheck.mac(
            "HmacSHA256", "s3cret".getBytes(UTF_8), "v1:1700000000000:{}".getBytes(UTF_8));
    String proof = "v1=" + HexFormat.of().formatHex(signed);
    assertThatCode(() -> checkOne(scheme, secret, proof, "{}", SIGNED)).doesNotThrowAnyException();
    assertThatThrownBy(() -> checkOne(scheme, secret, proof, "{}", SIGNED.plusSeconds(400)))
        .hasMessageContaining("more than 300 s");
  }

  private static String token(String head, String claims, String secret) {
    Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
    String signed =
        url.encodeToString(head.getBytes(UTF_8)) + "." + url.encodeToString(claims.getBytes(UTF_8));
    byte[] mac = SignatureCheck.mac("HmacSHA256", secret.getBytes(UTF_8), signed.getBytes(UTF_8));
    return signed + "." + url.encodeToString(mac);
  }

  @Test
  void aTokenVouchesForOneBodyAndForATime() throws Exception {
    WebhookScheme scheme =
        scheme(
            Map.of(
                "signature", "jwt", "signature-header", "X-J", "digest-claim", "checksum_sha256"));
    String digest =
        HexFormat.of()
            .formatHex(
                java.security.MessageDigest.getInstance("SHA-256").digest("{}".getBytes(UTF_8)));
    String claims = "{\"exp\":1700003600,\"checksum_sha256\":\"" + digest + "\"}";
    String good = token("{\"alg\":\"HS256\"}", claims, "s");
    assertThatCode(() -> checkOne(scheme, "s", good, "{}", SIGNED)).doesNotThrowAnyException();
    for (String bad :
        List.of(
            token("{\"alg\":\"none\"}", claims, "s"),
            token("{\"alg\":\"HS256\"}", claims, "other"),
            token("{\"alg\":\"HS256\"}", claims.replace("\"exp\":1700003600,", ""), "s"),
            "a.b",
            "%.%.%")) {
      assertThatThrownBy(() -> checkOne(scheme, "s", bad, "{}", SIGNED))
          .isInstanceOf(SignatureException.class);
    }
    assertThatThrownBy(() -> checkOne(scheme, "s", good, "{ }", SIGNED))
        .isInstanceOf(SignatureException.class);
    assertThatThrownBy(() -> checkOne(scheme, "s", good, "{}", SIGNED.plusSeconds(4_000)))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void ofSeveralClaimsTheFirstThatIsThereCounts() throws Exception {
    WebhookScheme scheme =
        scheme(
            Map.of("signature", "jwt", "signature-header", "X-J", "digest-claim", "sha256 sha1"));
    String sha1 =
        HexFormat.of()
            .formatHex(
                java.security.MessageDigest.getInstance("SHA-1").digest("{}".getBytes(UTF_8)));
    String claims = "{\"exp\":1700003600,\"sha1\":\"" + sha1 + "\"}";
    String good = token("{\"alg\":\"HS256\"}", claims, "s");
    assertThatCode(() -> checkOne(scheme, "s", good, "{}", SIGNED)).doesNotThrowAnyException();
    String both = claims.replace("{\"exp\"", "{\"sha256\":\"00\",\"exp\"");
    String bad = token("{\"alg\":\"HS256\"}", both, "s");
    assertThatThrownBy(() -> checkOne(scheme, "s", bad, "{}", SIGNED))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void aSharedHeaderAndBasicAreCompared() {
    WebhookScheme header =
        scheme(
            Map.of(
                "signature", "secret-header",
                "signature-header", "X-Key",
                "signature-prefix", "Bearer "));
    assertThatCode(() -> checkOne(header, "k", "Bearer k", "{}", SIGNED))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> checkOne(header, "k", "k", "{}", SIGNED))
        .isInstanceOf(SignatureException.class);
    WebhookScheme basic = scheme(Map.of("signature", "basic"));
    String proof = "Basic " + Base64.getEncoder().encodeToString("me:pw".getBytes(UTF_8));
    assertThatCode(() -> checkOne(basic, "me:pw", proof, "{}", SIGNED)).doesNotThrowAnyException();
    assertThatThrownBy(() -> checkOne(basic, "me:px", proof, "{}", SIGNED))
        .isInstanceOf(SignatureException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hex", "base64"})
  void aSecretThatIsNotWrittenAsAgreedProvesNothingAndTheOthersStillDo(String written) {
    byte[] key = "s3cret".getBytes(UTF_8);
    String good =
        written.equals("hex")
            ? HexFormat.of().formatHex(key)
            : Base64.getEncoder().encodeToString(key);
    WebhookScheme hmac =
        scheme(
            Map.of(
                "signature", "hmac-sha256", "signature-header", "X-S", "secret-encoding", written));
    WebhookScheme jwt =
        scheme(
            Map.of(
                "signature", "jwt",
                "signature-header", "X-S",
                "secret-encoding", written,
                "digest-claim", "sum"));
    byte[] body = "{}".getBytes(UTF_8);
    Map<WebhookScheme, String> proofs =
        Map.of(
            hmac, SignatureCheck.sign(hmac, good, "", body),
            jwt, SignatureCheck.token(jwt, good, body, SIGNED));
    proofs.forEach(
        (scheme, proof) -> {
          assertThatCode(
                  () ->
                      SignatureCheck.require(
                          scheme, List.of("?entered badly?", good), name -> proof, body, SIGNED))
              .doesNotThrowAnyException();
          assertThatThrownBy(
                  () ->
                      SignatureCheck.require(
                          scheme, List.of("?entered badly?"), name -> proof, body, SIGNED))
              .hasMessage("the hub's own secret is not written as the connector says");
        });
  }

  @Test
  void aTokenThatSaysNothingOfItsEndIsGoodForTheWindowAlone() throws Exception {
    WebhookScheme scheme =
        scheme(Map.of("signature", "jwt", "signature-header", "X-J", "digest-claim", "sum"));
    String digest =
        HexFormat.of()
            .formatHex(
                java.security.MessageDigest.getInstance("SHA-256").digest("{}".getBytes(UTF_8)));
    String proof =
        token("{\"alg\":\"HS256\"}", "{\"iat\":1700000000,\"sum\":\"" + digest + "\"}", "s");
    for (int late : new int[] {-299, 0, 299}) {
      assertThatCode(() -> checkOne(scheme, "s", proof, "{}", SIGNED.plusSeconds(late)))
          .doesNotThrowAnyException();
    }
    for (int late : new int[] {-301, 301, 86_400}) {
      assertThatThrownBy(() -> checkOne(scheme, "s", proof, "{}", SIGNED.plusSeconds(late)))
          .isInstanceOf(SignatureException.class);
    }
  }
}
