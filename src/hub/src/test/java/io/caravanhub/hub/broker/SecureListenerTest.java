package io.caravanhub.hub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.Keys;
import io.caravanhub.hub.Mosquitto;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MQTT with TLS, by token and by certificate, with Mosquitto's client and HiveMQ's. */
class SecureListenerTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final String topic = "t/default/d/" + device.id() + "/telemetry";
  private final String ca = hub.home().resolve("tls/ca.crt").toString();

  @TempDir private Path folder;

  @Test
  void takesATokenOverTls() throws Exception {
    for (String version : new String[] {"mqttv311", "mqttv5"}) {
      assertThat(publish(version, "--cafile", ca, "-u", device.id(), "-P", device.token()).status())
          .isZero();
    }
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void takesACertificateThatTheHubSigned() throws Exception {
    Keys keys = new Keys(folder, "device");
    String signed = registered(keys.request());
    Files.writeString(keys.certificateFile(), signed);

    assertThat(
            publish("mqttv311", "--cafile", ca, "--cert", keys.certificate(), "--key", keys.key()))
        .isEqualTo(new Mosquitto.Ended(0, ""));
    assertThat(
            publish("mqttv5", "--cafile", ca, "--cert", keys.certificate(), "--key", keys.key())
                .status())
        .isZero();
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void refusesACertificateThatIsNotRegistered() throws Exception {
    Keys keys = new Keys(folder, "device");
    Files.writeString(keys.certificateFile(), registered(keys.request()));
    hub.send(
        "DELETE",
        "/api/v1/devices/" + device.id() + "/certificate",
        hub.admin(),
        BodyPublishers.noBody());

    assertThat(
            publish("mqttv5", "--cafile", ca, "--cert", keys.certificate(), "--key", keys.key())
                .status())
        .isNotZero();
    assertThat(hub.rows(device)).isZero();
  }

  @Test
  void refusesACertificateOfAnotherAuthorityInTheHandshake() throws Exception {
    Keys stranger = new Keys(folder, "stranger");
    stranger.signItself();

    assertThat(
            publish(
                    "mqttv311",
                    "--cafile",
                    ca,
                    "--cert",
                    stranger.certificate(),
                    "--key",
                    stranger.key())
                .status())
        .isNotZero();
    Answer refused = put(Files.readString(stranger.certificateFile()));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.toString()).contains("signed by none of the client authorities");
    assertThat(hub.rows(device)).isZero();
  }

  @Test
  void isNotTakenForTheHubByAClientOfAnotherAuthority() throws Exception {
    Keys stranger = new Keys(folder, "stranger");
    stranger.signItself();

    assertThat(
            publish(
                    "mqttv5",
                    "--cafile",
                    stranger.certificate(),
                    "-u",
                    device.id(),
                    "-P",
                    device.token())
                .status())
        .isNotZero();
  }

  @Test
  void closesTheSessionOfACertificateThatIsReplaced() throws Exception {
    Keys first = new Keys(folder, "first");
    Files.writeString(first.certificateFile(), registered(first.request()));
    Mqtt5BlockingClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(RunningHub.unique("client"))
            .serverHost("127.0.0.1")
            .serverPort(hub.mqttsPort())
            .sslConfig(tls(first))
            .buildBlocking();
    client.connect();
    client
        .publishWith()
        .topic(topic)
        .qos(MqttQos.EXACTLY_ONCE)
        .payload(
            "{\"metrics\":{\"temperature\":20}}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .send();
    assertThat(hub.rows(device)).isEqualTo(1);

    registered(new Keys(folder, "second").request());

    await().atMost(Duration.ofSeconds(30)).until(() -> !client.getState().isConnected());
    assertThat(
            hub.count(
                "select count(*) from audit where verb = 'device.certificate.register' and subject = ?",
                "device:" + device.id()))
        .isEqualTo(2);
  }

  @Test
  void refusesWhatIsNoCertificate() {
    assertThat(put("hello").status()).isEqualTo(400);
    assertThat(put("").status()).isEqualTo(400);
    assertThat(put("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----").status())
        .isEqualTo(400);
  }

  @Test
  void keepsItsKeysToItsOwner() throws IOException {
    for (String file : new String[] {"ca.key", "server.key", "listener.p12"}) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(hub.home().resolve("tls").resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  private MqttClientSslConfig tls(Keys keys) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys.store(), new char[0]);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore authorities = Keys.trusting(Path.of(ca));
    trust.init(authorities);
    return MqttClientSslConfig.builder().keyManagerFactory(own).trustManagerFactory(trust).build();
  }

  private String registered(String pem) {
    Answer answer = put(pem);
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    return answer.text("certificate");
  }

  private Answer put(String pem) {
    return hub.send(
        "PUT",
        "/api/v1/devices/" + device.serial() + "/certificate",
        hub.admin(),
        BodyPublishers.ofString(pem));
  }

  private Mosquitto.Ended publish(String version, String... more) throws Exception {
    String payload = "{\"timestamp\":\"" + Instant.now() + "\",\"metrics\":{\"temperature\":20}}";
    String[] all = new String[more.length + 12];
    String[] first = {
      "-h",
      "localhost",
      "-p",
      Integer.toString(hub.mqttsPort()),
      "-V",
      version,
      "-q",
      "1",
      "-t",
      topic,
      "-m",
      payload
    };
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return Mosquitto.publish(all);
  }
}
