package io.caravanhub.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.edge.StandInHub;
import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.Records;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  @TempDir private static Path folder;
  private static KeyStore hubStore;
  private static KeyStore gatewayStore;

  @BeforeAll
  static void makeCertificates() throws Exception {
    hubStore = store("hub");
    gatewayStore = store("gateway");
    pem("hub.pem", "CERTIFICATE", hubStore.getCertificate("hub").getEncoded());
    pem("gateway.pem", "CERTIFICATE", gatewayStore.getCertificate("gateway").getEncoded());
    Key key = gatewayStore.getKey("gateway", PASSWORD);
    pem("gateway.key", "PRIVATE KEY", key.getEncoded());
  }

  private static KeyStore store(String name) throws Exception {
    Path file = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".txt").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private static void pem(String file, String what, byte[] der) throws Exception {
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN %s-----%n%s%n-----END %s-----%n"
            .formatted(what, Base64.getMimeEncoder().encodeToString(der), what));
  }

  /** A listener that wants the gateway's certificate. */
  private static SSLServerSocket listener() throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(hubStore, PASSWORD);
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("gateway", gatewayStore.getCertificate("gateway"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLServerSocket socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    return socket;
  }

  private static HubSettings hub(URI mqtt, URI api, boolean withAuthorities) {
    return new HubSettings(
        "default",
        "GW-1",
        mqtt,
        api,
        "GW-1",
        null,
        folder.resolve("gateway.pem"),
        folder.resolve("gateway.key"),
        withAuthorities ? folder.resolve("hub.pem") : null,
        mqtt == null ? HubSettings.Https.ONLY : HubSettings.Https.NEVER,
        0.5);
  }

  private static void sends(StandInHub hub, HubSettings settings, String name) throws Exception {
    hub.forget();
    try (Spool spool =
            new Spool(SpoolSettings.at(folder.resolve(name + "/spool.db")), new MachineTime());
        Uplink uplink = new Uplink(settings, spool, List::of, UplinkTest.QUICK)) {
      uplink.start();
      Records.append(spool, Records.telemetry(spool, "A", 1)).get(30, TimeUnit.SECONDS);
      await().atMost(Duration.ofSeconds(60)).until(() -> hub.taken.size() == 1);
    }
  }

  @Test
  void aGatewayShowsItsCertificateOverMqttAndHttps() throws Exception {
    try (StandInHub hub = new StandInHub(folder.resolve("hub")).startMqtt();
        TcpProxy mqtt = new TcpProxy(listener(), "127.0.0.1", hub.mqttPort());
        TcpProxy https =
            new TcpProxy(listener(), "127.0.0.1", URI.create(hub.startHttp()).getPort())) {
      sends(hub, hub(URI.create("ssl://127.0.0.1:" + mqtt.port()), null, true), "mqtt");
      sends(hub, hub(null, URI.create("https://127.0.0.1:" + https.port()), true), "https");
      HttpsWay stranger =
          new HttpsWay(
              hub(null, URI.create("https://127.0.0.1:" + https.port()), false),
              UplinkTest.QUICK,
              HubTrust.context(hub(null, null, false)));
      assertThatThrownBy(() -> stranger.connect().get(30, TimeUnit.SECONDS))
          .as("a hub that nobody known vouches for")
          .hasMessageContaining("PKIX");
    }
  }

  @Test
  void aKeyThatCannotBeReadIsToldByItsSetting() throws Exception {
    Path notAKey = Files.writeString(folder.resolve("not.key"), "-----BEGIN RSA PRIVATE KEY-----");
    HubSettings settings =
        new HubSettings(
            "default",
            "GW-1",
            null,
            null,
            "GW-1",
            null,
            folder.resolve("gateway.pem"),
            notAKey,
            null,
            HubSettings.Https.NEVER,
            0.5);
    assertThatThrownBy(() -> HubTrust.context(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hub.certificate, hub.key")
        .hasMessageContaining("PKCS #8");
  }
}
