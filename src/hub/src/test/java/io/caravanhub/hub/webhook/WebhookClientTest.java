package io.caravanhub.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.webhook.AddressList;
import io.caravanhub.core.webhook.SignatureCheck;
import io.caravanhub.core.webhook.SignatureException;
import io.caravanhub.core.webhook.WebhookScheme;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class WebhookClientTest {
  private static final String FINGERPRINT = "ab".repeat(32);

  private static MockHttpServletRequest from(String peer) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setRemoteAddr(peer);
    return request;
  }

  private static WebhookClient behind(String proxies) {
    return new WebhookClient(AddressList.of(proxies), "X-Client-Cert");
  }

  @Test
  void blocksOfBothKindsOfAddressesHoldWhatIsInThem() {
    AddressList list = AddressList.of("192.0.2.128/25, 198.51.100.7 2001:db8:1::/48");
    assertThat(list.holds("192.0.2.200")).isTrue();
    assertThat(list.holds("192.0.2.1")).isFalse();
    assertThat(list.holds("198.51.100.7")).isTrue();
    assertThat(list.holds("::ffff:198.51.100.7")).isTrue();
    assertThat(list.holds("2001:db8:1:2::3%eth0")).isTrue();
    assertThat(list.holds("2001:db8:2::3")).isFalse();
    assertThat(list.holds("localhost")).isFalse();
    assertThatThrownBy(() -> AddressList.of("192.0.2.0/33")).hasMessageContaining("192.0.2.0/33");
    assertThatThrownBy(() -> AddressList.of("example.org")).hasMessageContaining("example.org");
  }

  @Test
  void whatIsForwardedIsBelievedOfTrustedProxiesOnly() {
    MockHttpServletRequest request = from("10.0.0.5");
    request.addHeader("X-Forwarded-For", "203.0.113.1, 198.51.100.1, 10.0.0.9");
    assertThat(behind("").address(request)).isEqualTo("10.0.0.5");
    assertThat(behind("192.0.2.0/24").address(request)).isEqualTo("10.0.0.5");
    // The first of the way may be anybody's invention; the last that no proxy of ours saw is not.
    assertThat(behind("10.0.0.0/8").address(request)).isEqualTo("198.51.100.1");
  }

  @Test
  void aCertificateIsHandedOnByTrustedProxiesOnly() {
    MockHttpServletRequest request = from("10.0.0.5");
    request.addHeader("X-Client-Cert", FINGERPRINT.toUpperCase(java.util.Locale.ROOT));
    assertThat(behind("").certificate(request)).isEmpty();
    assertThat(behind("10.0.0.5").certificate(request)).isEqualTo(FINGERPRINT);
    MockHttpServletRequest envoy = from("10.0.0.5");
    envoy.addHeader("X-Client-Cert", "By=spiffe://x;Hash=" + FINGERPRINT + ";Subject=\"CN=a\"");
    assertThat(behind("10.0.0.5").certificate(envoy)).isEqualTo(FINGERPRINT);
    MockHttpServletRequest twice = from("10.0.0.5");
    twice.addHeader("X-Client-Cert", FINGERPRINT);
    twice.addHeader("X-Client-Cert", FINGERPRINT);
    assertThat(behind("10.0.0.5").certificate(twice)).isEmpty();
  }

  @Test
  void aClientCertificateIsGoodWhenItsFingerprintIsTheSecret() {
    WebhookScheme scheme =
        Objects.requireNonNull(
            WebhookScheme.read(Map.of("caravanhub.io/webhook.signature", "mtls")));
    String written = "AB:".repeat(31) + "AB";
    SignatureCheck.require(
        scheme, List.of("cd".repeat(32), written), name -> FINGERPRINT, new byte[0], Instant.now());
    for (String shown : List.of("", "cd".repeat(32))) {
      assertThatThrownBy(
              () ->
                  SignatureCheck.require(
                      scheme, List.of(written), name -> shown, new byte[0], Instant.now()))
          .isInstanceOf(SignatureException.class)
          .hasMessageContaining("client certificate");
    }
  }

  @Test
  void aHandshakeMayAskForAnHmacOfItsChallenge() {
    WebhookScheme.Handshake handshake =
        new WebhookScheme.Handshake(
            "", "", "{\"plainToken\":\"{challenge}\",\"encryptedToken\":\"{hmac}\"}");
    // RFC 4231, test case 2.
    assertThat(
            WebhookHandshake.byBody(handshake, "what do ya want for nothing?", List.of("Jefe"))
                .body())
        .isEqualTo(
            "{\"plainToken\":\"what do ya want for nothing?\",\"encryptedToken\":"
                + "\"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843\"}");
  }
}
