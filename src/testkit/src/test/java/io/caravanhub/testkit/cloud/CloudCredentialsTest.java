package io.caravanhub.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.caravanhub.core.cloud.CloudException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Tokens and signatures against a cloud that checks them. */
class CloudCredentialsTest extends CloudPolling {
  @Test
  void saysThatCredentialsAreRefusedAndNeverWhatTheyAre() throws IOException {
    credentials.put("api_key", "wrong-secret");
    CloudException refused = failure(Fault.NONE);
    assertThat(refused.kind()).isEqualTo(CloudException.Kind.REFUSED);
    assertThat(refused.getMessage()).doesNotContain("wrong-secret").contains("401");
  }

  private static final String OAUTH =
      """
      base: https://api.acme.test
      auth: {type: oauth2-refresh-token, token-url: "https://login.acme.test/token", client: basic}
      requests:
        - {name: units, path: /units, items: "", device: "{/id}", mapping: telemetry}
      """;
  private static final String OAUTH_SCRIPT =
      """
      credentials: {client_id: me, client_secret: s, refresh_token: r-1}
      auth: {headers: {Authorization: Bearer t-2}}
      calls:
        - path: /token
          method: POST
          open: true
          body: [grant_type=refresh_token, refresh_token=r-1]
          answer: {access_token: t-2, refresh_token: r-2, expires_in: 3600}
        - {path: /units, answer: {id: a}}
      """;

  @Test
  void renewsATokenThatIsRefusedAndKeepsTheRotatedRefreshToken() throws IOException {
    credentials.put("access_token", "t-1");
    credentials.put("access_token_expires", NOW.plusSeconds(600).toString());
    try (FakeCloud fake = cloud(OAUTH_SCRIPT, Fault.NONE)) {
      poll(OAUTH, fake);
      assertThat(taken).hasSize(1);
      assertThat(credentials)
          .containsEntry("refresh_token", "r-2")
          .containsEntry("access_token", "t-2")
          .containsEntry("access_token_expires", NOW.plusSeconds(3600).toString());
      assertThat(fake.calls()).containsExactly("GET /units", "POST /token", "GET /units");
    }
  }

  @Test
  void usesATokenUntilShortlyBeforeItEnds() throws IOException {
    credentials.put("access_token", "t-2");
    credentials.put("access_token_expires", NOW.plusSeconds(31).toString());
    try (FakeCloud fake = cloud(OAUTH_SCRIPT, Fault.NONE)) {
      poll(OAUTH, fake);
      assertThat(fake.calls()).containsExactly("GET /units");
    }
  }

  @Test
  void aSignedRequestIsLetInByACloudThatChecksIt() throws IOException {
    String signed =
        """
        base: https://api.acme.test/v1
        auth:
          type: signed-query
          query: {api-key: "{api_key}", t: "{timestamp}", api-signature: "{signature}"}
          sign: {text: "{pairs}", secret: "{api_secret}", algorithm: hmac-sha256}
        requests:
          - {name: units, path: /units, items: /units, device: "{/id}", mapping: telemetry}
        """;
    String script =
        """
        credentials: {api_key: k-1, api_secret: %s}
        auth: {query: {api-key: k-1, t: "1772366400", api-signature: "%s"}}
        calls:
          - {path: /v1/units, answer: {units: [{id: a, t: 1}]}}
        """;
    String good = hmac("s-1", "api-keyk-1t1772366400");
    try (FakeCloud fake = cloud(script.formatted("s-1", good), Fault.NONE)) {
      assertThat(poll(signed, fake).parts()).isEqualTo(1);
    }
    credentials.put("api_secret", "another");
    try (FakeCloud fake = cloud(script.formatted("s-1", good), Fault.NONE)) {
      assertThat(catchThrowableOfType(CloudException.class, () -> poll(signed, fake)).kind())
          .isEqualTo(CloudException.Kind.REFUSED);
    }
  }

  @Test
  void aRequestSignedForAwsCarriesTimeAndTemporaryToken() throws IOException {
    String signed =
        """
        base: https://api.acme.test/v1
        auth: {type: aws-sigv4, service: execute-api, region: "{region}"}
        requests:
          - {name: units, path: /units, items: /units, device: "{/id}", mapping: telemetry}
        """;
    String script =
        """
        credentials: {access_key: AK, secret_key: SK, session_token: ST, region: eu-west-1}
        auth: {headers: {X-Amz-Date: 20260301T120000Z, X-Amz-Security-Token: ST}}
        calls:
          - {path: /v1/units, answer: {units: [{id: a, t: 1}]}}
        """;
    try (FakeCloud fake = cloud(script, Fault.NONE)) {
      assertThat(poll(signed, fake).parts()).isEqualTo(1);
    }
  }

  private static String hmac(String key, String text) {
    try {
      javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
      mac.init(
          new javax.crypto.spec.SecretKeySpec(
              key.getBytes(java.nio.charset.StandardCharsets.UTF_8), "HmacSHA256"));
      return java.util.HexFormat.of()
          .formatHex(mac.doFinal(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
