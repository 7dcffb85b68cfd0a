package io.caravanhub.edge.manage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A code becomes files beside the settings, and a hub section in them. */
class EnrolCommandTest {
  @TempDir Path folder;
  private FakeHub hub;

  @BeforeEach
  void start() throws Exception {
    hub = new FakeHub();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private int enrol(String code) {
    return new CommandLine(new EnrolCommand())
        .execute("--hub", hub.uri() + "/", "--code", code, "--config", file().toString());
  }

  private Path file() {
    return folder.resolve("site/edge.yaml");
  }

  @Test
  void writesCredentialsThatItsOwnerAloneReads() throws Exception {
    assertThat(enrol("GOOD")).isZero();

    for (String secret : new String[] {"gateway.key", "gateway.token", "edge.yaml"}) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(file().resolveSibling(secret))))
          .as(secret)
          .isEqualTo("rw-------");
    }
    assertThat(file().resolveSibling("gateway.key")).content().startsWith("-----BEGIN PRIVATE KEY");
    assertThat(file().resolveSibling("gateway.token")).hasContent("secret-token");
    assertThat(file())
        .content()
        .contains(
            "gateway: \"GW-1\"",
            "tenant: \"acme\"",
            "url: \"ssl://hub.example:8883\"",
            "api: \"" + hub.uri() + '"');
    String csr = hub.bodies.get(0).path("csr").asText();
    try (PEMParser parser = new PEMParser(new StringReader(csr))) {
      PKCS10CertificationRequest request = (PKCS10CertificationRequest) parser.readObject();
      assertThat(
              request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key(request))))
          .isTrue();
    }
  }

  private static PublicKey key(PKCS10CertificationRequest request) throws Exception {
    return KeyFactory.getInstance("EC")
        .generatePublic(new X509EncodedKeySpec(request.getSubjectPublicKeyInfo().getEncoded()));
  }

  @Test
  void leavesTheRestOfTheSettingsAsItIs() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(
        file(),
        """
        gateway: OLD
        hub:
          url: tcp://old:1883
          token: old
        # The chiller.
        fieldbus:
          - device: CH-1
        """);

    assertThat(enrol("GOOD")).isZero();
    assertThat(enrol("GOOD")).as("once more").isZero();

    assertThat(file())
        .content()
        .doesNotContain("old")
        .endsWith("# The chiller.\nfieldbus:\n  - device: CH-1\n")
        .containsOnlyOnce("gateway:");
  }

  @Test
  void aRefusedCodeLeavesNothingBehind() throws Exception {
    assertThat(enrol("BAD")).isEqualTo(1);

    try (var left = Files.list(file().getParent())) {
      assertThat(left).isEmpty();
    }
  }
}
