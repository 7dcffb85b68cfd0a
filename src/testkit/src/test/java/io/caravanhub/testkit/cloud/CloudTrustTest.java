package io.caravanhub.testkit.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudFile;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudPoll;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.PollSink;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A box in the local network that made its certificate itself. */
class CloudTrustTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;
  private HttpsServer box;
  private Certificate certificate;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve("box.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "box",
                "-dname",
                "CN=box",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    certificate = keys.getCertificate("box");
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    box = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    box.setHttpsConfigurator(new HttpsConfigurator(context));
    box.createContext(
        "/",
        exchange -> {
          byte[] answer = "{\"id\": \"box\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    box.start();
  }

  @AfterEach
  void stop() {
    box.stop(0);
  }

  private int polled(String host, Map<String, String> settings) {
    CloudAccess access =
        new CloudAccess() {
          @Override
          public String value(String name) {
            return settings.get(name);
          }

          @Override
          public void renew(Map<String, String> credentials) {
            throw new IllegalStateException();
          }
        };
    PollSink nowhere =
        new PollSink() {
          @Override
          public void take(Fetched fetched) {}

          @Override
          public void progress(Map<String, String> state) {}
        };
    String declaration =
        """
        base: https://%s:%d
        requests:
          - {name: box, path: /, device: "{/id}", mapping: telemetry}
        """
            .formatted(host, box.getAddress().getPort());
    return new CloudPoll(
            CloudFile.read(declaration),
            access,
            new CloudHttp(Duration.ofSeconds(5)),
            Clock.systemUTC(),
            time -> {})
        .run(Map.of(), nowhere)
        .parts();
  }

  private String fingerprint() throws GeneralSecurityException {
    return HexFormat.ofDelimiter(":")
        .withUpperCase()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
  }

  private String pem() throws GeneralSecurityException {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  @Test
  void aCertificateThatNobodyVouchesForIsNotTrusted() {
    assertThatThrownBy(() -> polled("127.0.0.1", Map.of()))
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("certificate is not trusted");
  }

  @Test
  void aCertificateWhoseFingerprintIsASettingIsTrustedUnderAnyName() throws Exception {
    assertThat(polled("localhost", Map.of("certificate", fingerprint()))).isEqualTo(1);
  }

  @Test
  void anotherCertificateThanThePinnedOneIsNotTrustedAndIsNamed() throws Exception {
    String shown = fingerprint().replace(":", "").toLowerCase(java.util.Locale.ROOT);
    assertThatThrownBy(() -> polled("127.0.0.1", Map.of("certificate", "0".repeat(64))))
        .hasMessageContaining("another certificate is shown, its fingerprint is " + shown);
  }

  @Test
  void anAuthorityOfTheConnectionIsTrustedAlsoWhenItsPemLostItsLines() throws Exception {
    assertThat(polled("127.0.0.1", Map.of("certificate_authority", pem()))).isEqualTo(1);
    assertThat(polled("127.0.0.1", Map.of("certificate_authority", pem().replaceAll("\\n", " "))))
        .isEqualTo(1);
  }

  @Test
  void anAuthorityVouchesForTheNamesInItsCertificatesOnly() throws Exception {
    Map<String, String> authority = Map.of("certificate_authority", pem());
    assertThatThrownBy(() -> polled("localhost", authority))
        .hasMessageContaining("certificate is not trusted");
  }
}
