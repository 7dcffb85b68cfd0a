package io.caravanhub.hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.webhook.WebhookScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookFilesTest {
  @TempDir Path folder;

  private void kamelet(String signature) throws IOException {
    Path file = folder.resolve("acme/acme-source.kamelet.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        metadata:
          annotations:
            caravanhub.io/webhook.signature: %s
            caravanhub.io/webhook.signature-header: X-Acme
            caravanhub.io/webhook.timestamp-header: X-Acme-Time
        """
            .formatted(signature));
  }

  @Test
  void aConnectorDeclaresItsSchemeInItsKamelet() throws IOException {
    kamelet("hmac-sha256");
    assertThat(new FolderWebhookSchemes(folder).find("acme"))
        .hasValueSatisfying(
            scheme -> {
              assertThat(scheme.kind()).isEqualTo(WebhookScheme.Kind.HMAC_SHA256);
              assertThat(scheme.header()).isEqualTo("X-Acme");
              assertThat(scheme.timestampHeader()).isEqualTo("X-Acme-Time");
              assertThat(scheme.signed()).isEqualTo("{timestamp}.{body}");
              assertThat(scheme.window()).isEqualTo(Duration.ofMinutes(5));
            });
  }

  @Test
  void aConnectorDroppedInIsFoundAndADeletedOneIsNot() throws IOException {
    FolderWebhookSchemes schemes = new FolderWebhookSchemes(folder);
    assertThat(schemes.find("acme")).isEmpty();
    kamelet("hmac-sha256");
    assertThat(schemes.find("acme")).isPresent();
    Files.delete(folder.resolve("acme/acme-source.kamelet.yaml"));
    assertThat(schemes.find("acme")).isEmpty();
  }

  @Test
  void aSchemeNobodyKnowsLetsNobodyIn() throws IOException {
    kamelet("none");
    assertThat(new FolderWebhookSchemes(folder).find("acme")).isEmpty();
    assertThatThrownBy(() -> WebhookScheme.read(Map.of("caravanhub.io/webhook.signature", "none")))
        .hasMessage(
            "caravanhub.io/webhook.signature: expected hmac-sha1, hmac-sha256, hmac-sha512, jwt,"
                + " secret-header, basic, mtls or ip-list, got 'none'");
  }

  @Test
  void aNameThatIsAPathFindsNothing() {
    assertThat(new FolderWebhookSchemes(folder.resolve("x")).find("../acme")).isEmpty();
  }

  @Test
  void secretsAreReadAgainWhenTheirFileChanges() throws IOException {
    Path file = folder.resolve("webhooks.properties");
    FileWebhookSecrets secrets = new FileWebhookSecrets(file);
    assertThat(secrets.find("default", "acme")).isEmpty();
    Files.writeString(file, "default.acme = one\n");
    assertThat(secrets.find("default", "acme")).containsExactly("one");
    Files.writeString(file, "default.acme = one two\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 5_000));
    assertThat(secrets.find("default", "acme")).containsExactly("one", "two");
    assertThat(secrets.find("other", "acme")).isEmpty();
  }
}
