package io.caravanhub.core.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.cloud.Signing.Signed;
import io.caravanhub.core.cloud.Signing.Unsigned;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures of requests, against vectors that their makers have published. */
class SigningTest {
  private static final Instant SUITE = Instant.parse("2015-08-30T12:36:00Z");
  private static final Map<String, String> CREDENTIALS =
      Map.of(
          "access_key", "AKIDEXAMPLE",
          "secret_key", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
          "region", "us-east-1");

  private static String authorization(
      String service,
      Map<String, String> credentials,
      String method,
      String address,
      Map<String, String> headers,
      String body) {
    return new AwsSignature(service, "{region}")
        .sign(
            new Unsigned(
                method, URI.create(address), headers, body.getBytes(StandardCharsets.UTF_8), SUITE),
            credentials::get)
        .headers()
        .get("Authorization");
  }

  /** The AWS Signature Version 4 test suite, as in awslabs/aws-c-auth. */
  @ParameterizedTest
  @CsvSource({
    "get-vanilla, GET, /, 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "post-vanilla, POST, /, 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    "get-vanilla-query-order-key-case, GET, /?Param2=value2&Param1=value1,"
        + " b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    "get-vanilla-query-unreserved, GET,"
        + " /?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz,"
        + " 9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
    "get-relative-relative-normalized, GET, /example1/example2/../..,"
        + " 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "get-slashes-normalized, GET, //example//,"
        + " 9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"
  })
  void signsTheVectorsOfAws(String name, String method, String path, String signature) {
    assertThat(
            authorization(
                "service",
                CREDENTIALS,
                method,
                "https://example.amazonaws.com" + path,
                Map.of("Accept", "application/json"),
                ""))
        .as(name)
        .isEqualTo(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                + " SignedHeaders=host;x-amz-date, Signature="
                + signature);
  }

  @Test
  void signsABodyAndItsContentType() {
    assertThat(
            authorization(
                "service",
                CREDENTIALS,
                "POST",
                "https://example.amazonaws.com/",
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                "Param1=value1"))
        .endsWith(
            "SignedHeaders=content-type;host;x-amz-date,"
                + " Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
  }

  @Test
  void signsTheExampleOfTheUserGuide() {
    assertThat(
            authorization(
                "iam",
                CREDENTIALS,
                "GET",
                "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
                Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
                ""))
        .endsWith("Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
  }

  @Test
  void temporaryCredentialsBringTheirTokenAlong() {
    Map<String, String> temporary = new HashMap<>(CREDENTIALS);
    temporary.put(
        "session_token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267");
    assertThat(
            authorization(
                "service", temporary, "GET", "https://example.amazonaws.com/", Map.of(), ""))
        .endsWith(
            "SignedHeaders=host;x-amz-date;x-amz-security-token,"
                + " Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");
  }

  @Test
  void aCredentialThatIsAbsentIsNamed() {
    assertThatThrownBy(
            () ->
                authorization(
                    "service",
                    Map.of("region", "us-east-1"),
                    "GET",
                    "https://example.amazonaws.com/",
                    Map.of(),
                    ""))
        .isInstanceOf(CloudException.class)
        .hasMessage("{secret_key}: absent");
  }

  private static Signed signed(String auth, String address, Map<String, String> values) {
    Cloud cloud =
        CloudFile.read(
            "base: https://api.acme.test\nauth:\n"
                + auth.indent(2)
                + "requests: [{name: a, path: /a, mapping: telemetry}]\n");
    return java.util.Objects.requireNonNull(cloud.auth().signing())
        .sign(new Unsigned("GET", URI.create(address), Map.of(), new byte[0], SUITE), values::get);
  }

  /** The HMAC is that of RFC 4231, test case 2: key "Jefe". */
  @Test
  void aDeclaredTextIsSigned() {
    Signed made =
        signed(
            """
            type: signed-query
            headers: {X-Signature: "v1={signature}", X-Key: "{api_key}"}
            sign: {text: "{words}", secret: "{api_secret}", algorithm: hmac-sha256}
            """,
            "https://api.acme.test/a",
            Map.of("api_secret", "Jefe", "api_key", "k", "words", "what do ya want for nothing?"));
    assertThat(made.headers())
        .containsEntry(
            "X-Signature", "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        .containsEntry("X-Key", "k");
    assertThat(made.uri()).hasToString("https://api.acme.test/a");
  }

  @Test
  void theQueryIsSignedInItsCanonicalOrderWithTimeAndKey() {
    String expected = "GET\n/v2/a\napi-key=k&b=2&station=7%2F8&t=1440938160";
    Signed made =
        signed(
            """
            type: signed-query
            query: {api-key: "{api_key}", t: "{timestamp}", sign: "{signature}"}
            sign:
              text: "{method}\\n{path}\\n{query}"
              secret: "{api_secret}"
              algorithm: hmac-sha1
              encoding: base64
            """,
            "https://api.acme.test/v2/a?station=7%2F8&b=2",
            Map.of("api_secret", "s", "api_key", "k"));
    String signature =
        java.util.Base64.getEncoder()
            .encodeToString(
                Hashes.hmac(
                    "HmacSHA1",
                    "s".getBytes(StandardCharsets.UTF_8),
                    expected.getBytes(StandardCharsets.UTF_8)));
    assertThat(QueryText.of(made.uri()))
        .containsExactly(
            Map.entry("station", "7/8"),
            Map.entry("b", "2"),
            Map.entry("api-key", "k"),
            Map.entry("t", "1440938160"),
            Map.entry("sign", signature));
  }

  @Test
  void aSignatureThatIsSentNowhereIsRefusedWithTheFile() {
    assertThatThrownBy(
            () ->
                signed(
                    """
                    type: signed-query
                    query: {api-key: "{api_key}"}
                    sign: {text: "{query}", secret: "{s}", algorithm: hmac-sha256}
                    """,
                    "https://api.acme.test/",
                    Map.of()))
        .hasMessageContaining("/auth/sign")
        .hasMessageContaining("{signature}");
  }
}
