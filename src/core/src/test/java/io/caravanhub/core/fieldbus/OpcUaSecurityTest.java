package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpcUaSecurityTest {
  private static final int PORT = RegisterServer.freePort();
  private static final Map<String, String> USER = Map.of("user", "reader", "password", "secret");
  private static NodeServer.Secured identity;
  private static NodeServer server;

  @TempDir Path maps;
  private FieldbusFixture fieldbus;

  @BeforeAll
  static void startServer() throws Exception {
    identity = NodeServer.Secured.as("127.0.0.1");
    server = new NodeServer(PORT, Map.of("flow", new DataValue(new Variant(42.5))), identity);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void start() throws Exception {
    // Keys are made and compared: more than a moment where many tests share few cores.
    fieldbus =
        new FieldbusFixture(
            maps,
            "opcua",
            "refresh=50&timeout=5000&deadline=10000&minBackOff=40&maxBackOff=100&queueSize=50",
            true);
    fieldbus.map(
        "acme/line.opcua.yaml",
        """
        protocol: opcua
        points:
          - {metric: flow, node: "ns=2;s=flow", unit: m3/h}
        """);
  }

  @AfterEach
  void stop() {
    fieldbus.close();
  }

  private Path pki(String path) {
    return maps.resolve("pki").resolve(path);
  }

  @SafeVarargs
  private void connect(String security, Map<String, String>... more) {
    Map<String, String> options = new HashMap<>();
    options.put("security", security);
    Stream.of(more).forEach(options::putAll);
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            "LINE-1",
            "opcua",
            "opc.tcp://127.0.0.1:" + PORT + "/plant",
            0,
            "acme/line.opcua.yaml",
            Duration.ofMillis(100),
            options));
  }

  private void trust() throws Exception {
    Files.createDirectories(pki("trusted"));
    Files.write(pki("trusted/plant.der"), identity.certificate().getEncoded());
  }

  private void awaitUp() {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .untilAsserted(
            () ->
                assertThat(fieldbus.status("LINE-1"))
                    .extracting(FieldbusStatus::state, FieldbusStatus::error)
                    .containsExactly(FieldbusStatus.State.UP, null));
  }

  private String awaitError() {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .until(
            () ->
                fieldbus.status("LINE-1").state() == FieldbusStatus.State.DOWN
                    && !String.valueOf(fieldbus.status("LINE-1").error()).contains("no answer"));
    return String.valueOf(fieldbus.status("LINE-1").error());
  }

  @Test
  void anUnknownServerIsRefusedUntilAPersonTrustsItsCertificate() throws Exception {
    connect("Basic256Sha256", USER);
    String thumbprint = OpcUaPki.thumbprint(identity.certificate());
    Path rejected = pki("rejected/" + thumbprint + ".der");
    assertThat(awaitError())
        .contains("LINE-1", thumbprint, "is not trusted", rejected.toString(), "trusted");
    Files.move(rejected, pki("trusted/" + thumbprint + ".der"));
    awaitUp();
    await().until(() -> fieldbus.last("LINE-1", "flow").path("value").asDouble() == 42.5);
  }

  @Test
  void theOwnKeyIsMadeAtFirstUseAndItsOwnersAlone() throws Exception {
    trust();
    connect("Basic256Sha256");
    awaitUp();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pki("own/key.pem"))))
        .isEqualTo("rw-------");
    assertThat(pki("own/certificate.der")).exists();
  }

  @Test
  void theStrongestPolicyWorksToo() throws Exception {
    trust();
    connect("Aes256_Sha256_RsaPss", USER);
    awaitUp();
  }

  @Test
  void aWrongPasswordIsTold() throws Exception {
    trust();
    connect("Basic256Sha256", Map.of("user", "reader", "password", "wrong-one"));
    assertThat(awaitError())
        .contains("LINE-1", "refuses the user reader or the password")
        .doesNotContain("wrong-one");
  }

  @Test
  void aPolicyThatTheServerDoesNotOfferIsToldWithThoseItDoes() {
    connect("Aes128_Sha256_RsaOaep");
    assertThat(awaitError())
        .contains(
            "the server offers no Aes128_Sha256_RsaOaep/SignAndEncrypt",
            "Basic256Sha256/SignAndEncrypt");
  }

  @Test
  void theFirstCertificateIsPinnedAndAnotherRefused() throws Exception {
    connect("Basic256Sha256", Map.of("trust", "first"));
    awaitUp();
    try (Stream<Path> pinned = Files.list(pki("pinned"))) {
      Path file = pinned.toList().get(0);
      fieldbus.connections.clear();
      Files.write(file, NodeServer.Secured.as("127.0.0.1").certificate().getEncoded());
      connect("Basic256Sha256", Map.of("trust", "first", "publishing", "PT0.2S"));
      assertThat(awaitError()).contains("another than the first seen there", file.toString());
    }
  }

  @Test
  void aCertificateForAnotherHostIsToldAndMayBeNamed() throws Exception {
    trust();
    connect("Basic256Sha256", Map.of("certificateHost", "plc-7"));
    assertThat(awaitError()).contains("is for 127.0.0.1, not for plc-7", "certificateHost");
  }

  @Test
  void browsesFoldersAndVariablesWithUnitTypeAndValue() throws IOException {
    FieldbusConnection connection =
        new FieldbusConnection(
            "default",
            "LINE-1",
            "opcua",
            "opc.tcp://127.0.0.1:" + PORT + "/plant",
            0,
            "",
            Duration.ofSeconds(1));
    OpcUaBrowser browser = new OpcUaBrowser(Duration.ofSeconds(20), pki(""), null);
    List<Tag> top = browser.browse(connection, "", 100);
    assertThat(top).extracting(Tag::name).contains("Plant", "Server");
    Tag plant = top.stream().filter(tag -> tag.name().equals("Plant")).findFirst().orElseThrow();
    assertThat(plant.folder()).isTrue();
    assertThat(browser.browse(connection, plant.path(), 100))
        .containsExactly(
            new Tag("ns=2;s=flow", "flow", "what flow is", "Double", "m3/h", "42.5", false));
  }
}
