package io.caravanhub.hub.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.hub.Keys;
import io.caravanhub.hub.settings.SettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubAuthorityTest {
  @TempDir private Path home;

  @Test
  void keepsItsKeysFromStartToStart() throws Exception {
    HubAuthority first = HubAuthority.of(home);
    ListenerKey shown = first.server("127.0.0.1");

    HubAuthority again = HubAuthority.of(home);
    ListenerKey shownAgain = again.server("127.0.0.1");

    assertThat(again.certificate()).isEqualTo(first.certificate());
    assertThat(shownAgain.chain()).isEqualTo(shown.chain());
    assertThat(shownAgain.key()).isEqualTo(shown.key());
    again
        .sign(Pem.request(Keys.newRequest()), "default", "d")
        .verify(first.certificate().getPublicKey());
  }

  @Test
  void makesAnotherServerCertificateForAnotherAddress() {
    HubAuthority authority = HubAuthority.of(home);
    ListenerKey before = authority.server("127.0.0.1");

    ListenerKey other = authority.server("192.0.2.7");

    assertThat(other.chain()).isNotEqualTo(before.chain());
    assertThat(authority.server("192.0.2.7").chain()).isEqualTo(other.chain());
  }

  @Test
  void readsItsOwnFilesAsWhatASettingMayName() {
    HubAuthority.of(home).server("127.0.0.1");

    ListenerFiles.check(file("server.crt"), file("server.key"), null, file("ca.crt"), null);
  }

  @Test
  void namesTheSettingThatIsWrong() throws Exception {
    HubAuthority.of(home).server("127.0.0.1");
    Files.writeString(home.resolve("tls/none"), "none");

    refused("HUB_MQTTS_CERT", file("none"), null);
    refused("HUB_MQTTS_KEY", file("server.crt"), file("ca.key"));
    refused("HUB_MQTTS_KEY", file("server.crt"), file("none"));
    refused("HUB_MQTTS_KEY", file("server.crt"), null);
    refused("HUB_MQTTS_KEY", null, file("server.key"));
  }

  private static void refused(String setting, @Nullable String certificate, @Nullable String key) {
    assertThatThrownBy(() -> ListenerFiles.check(certificate, key, null, null, null))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(setting + ": ");
  }

  private String file(String name) {
    return home.resolve("tls").resolve(name).toString();
  }
}
