package io.caravanhub.hub.gatewayconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.Keys;
import io.caravanhub.hub.RunningHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway comes to its certificate by a code, and logs in with it. */
class EnrolmentTest {
  private final GatewayApi gateway = new GatewayApi();
  private final RunningHub hub = gateway.hub;
  @TempDir private Path folder;

  @Test
  void aCodeIsGoodOnceAndGivesACertificateAndAToken() throws Exception {
    Keys keys = new Keys(folder, "gateway");
    String code = code();

    Answer enrolled = enrol(code.toLowerCase(java.util.Locale.ROOT), keys.request());

    assertThat(enrolled.status()).as(enrolled.body()).isEqualTo(200);
    assertThat(enrolled.text("gateway")).isEqualTo(gateway.serial);
    assertThat(enrolled.text("tenant")).isEqualTo(gateway.tenant);
    assertThat(enrolled.text("mqtt")).isEqualTo("ssl://127.0.0.1:" + hub.mqttsPort());
    assertThat(enrol(code, keys.request()).status()).isEqualTo(400);
    String path = "/api/v1/gateways/" + gateway.serial + "/configuration";
    assertThat(hub.get(path, enrolled.text("token")).status()).isEqualTo(200);
    assertThat(hub.get(path, gateway.token).status()).as("the token before").isEqualTo(401);
    Files.writeString(keys.certificateFile(), enrolled.text("certificate"));
    Path authorities = folder.resolve("hub.crt");
    Files.writeString(authorities, enrolled.text("authorities"));
    Mqtt5BlockingClient client = connected(keys, authorities);
    assertThat(client.getState().isConnected()).isTrue();

    assertThat(gateway.call("DELETE", "/credentials", "{}").status()).isEqualTo(200);

    await().atMost(Duration.ofSeconds(30)).until(() -> !client.getState().isConnected());
    assertThat(hub.get(path, enrolled.text("token")).status()).isEqualTo(401);
  }

  @Test
  void aRequestThatCannotBeSignedDoesNotUseTheCodeUp() throws Exception {
    String code = code();

    assertThat(enrol(code, "nonsense").text("field")).isEqualTo("csr");
    Answer enrolled = enrol(code, ellipticRequest());
    assertThat(enrolled.status()).as(enrolled.body()).isEqualTo(200);
  }

  @Test
  void aLaterCodeEndsTheOneBefore() throws Exception {
    String first = code();
    code();

    assertThat(enrol(first, new Keys(folder, "gateway").request()).text("field")).isEqualTo("code");
  }

  @Test
  void guessesAreCounted() {
    EnrolmentGuesses guesses = new EnrolmentGuesses();
    for (int i = 0; i < 10; i++) {
      guesses.admit("192.0.2.1");
      guesses.wrong("192.0.2.1");
    }

    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> guesses.admit("192.0.2.1")))
        .hasMessageContaining("try again in a minute");
    guesses.admit("192.0.2.2");
  }

  @Test
  void onlyAnAdminHasCodesMade() {
    String engineer = hub.token(gateway.tenant, "engineer");

    assertThat(gateway.call("POST", "/enrolment-codes", engineer, "{}", null).status())
        .isEqualTo(403);
  }

  /** As gateways make it. */
  private static String ellipticRequest() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), keys.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
            .getEncoded();
    return "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Base64.getMimeEncoder().encodeToString(request)
        + "\n-----END CERTIFICATE REQUEST-----\n";
  }

  private String code() {
    Answer made = gateway.call("POST", "/enrolment-codes", "{}");
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(
            hub.count(
                "select count(*) from gateway_enrolments where code_hash = convert_to(?, 'UTF8')",
                made.text("code")))
        .isZero();
    return made.text("code");
  }

  private Answer enrol(String code, String csr) {
    return hub.post("/api/v1/enrol", "", Map.of("code", code, "csr", csr));
  }

  private Mqtt5BlockingClient connected(Keys keys, Path authorities) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys.store(), new char[0]);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(Keys.trusting(authorities));
    Mqtt5BlockingClient client =
        Mqtt5Client.builder()
            .identifier(gateway.serial)
            .serverHost("127.0.0.1")
            .serverPort(hub.mqttsPort())
            .sslConfig(
                MqttClientSslConfig.builder()
                    .keyManagerFactory(own)
                    .trustManagerFactory(trusted)
                    .build())
            .buildBlocking();
    client.connectWith().simpleAuth().username(gateway.serial).applySimpleAuth().send();
    return client;
  }
}
