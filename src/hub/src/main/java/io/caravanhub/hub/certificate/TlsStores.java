package io.caravanhub.hub.certificate;

import io.caravanhub.hub.settings.Setting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Key store and trust store of the TLS listener, written anew at each start under a password of
 * that start. Immutable.
 */
@Component
public final class TlsStores {
  private final Path keys;
  private final Path trusted;
  private final String password;
  private final HubAuthority authority;
  private final List<X509Certificate> clientAuthorities;
  private final List<X509Certificate> shown;

  TlsStores(
      @Value("${hub.home}") Path home,
      @Value("${hub.bind}") String bind,
      @Value("${hub.mqtts.cert:#{null}}") @Nullable String certificate,
      @Value("${hub.mqtts.key:#{null}}") @Nullable String key,
      @Value("${hub.mqtts.key.password:#{null}}") @Nullable String keyPassword,
      @Value("${hub.mqtts.client.ca:#{null}}") @Nullable String clientCa) {
    this.authority = HubAuthority.of(home);
    ListenerKey shown =
        certificate == null
            ? authority.server(bind)
            : ListenerFiles.key(
                Path.of(certificate), key == null ? null : Path.of(key), keyPassword);
    this.shown = List.copyOf(shown.chain());
    this.clientAuthorities =
        clientCa == null
            ? List.of(authority.certificate())
            : Stream.concat(
                    Stream.of(authority.certificate()),
                    ListenerFiles.authorities(Path.of(clientCa), Setting.HUB_MQTTS_CLIENT_CA)
                        .stream())
                .toList();
    this.password = HexFormat.of().formatHex(new SecureRandom().generateSeed(16));
    this.keys = home.resolve("tls/listener.p12");
    this.trusted = home.resolve("tls/clients.p12");
    try {
      KeyStore keyStore = empty();
      keyStore.setKeyEntry(
          "hub", shown.key(), password.toCharArray(), shown.chain().toArray(new Certificate[0]));
      write(keyStore, keys);
      KeyStore trustStore = empty();
      for (int i = 0; i < clientAuthorities.size(); i++) {
        trustStore.setCertificateEntry("client-ca-" + i, clientAuthorities.get(i));
      }
      write(trustStore, trusted);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + home.resolve("tls"), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the TLS listener's stores cannot be made", e);
    }
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private void write(KeyStore store, Path file) throws IOException, GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, password.toCharArray());
    PrivateFiles.write(file, bytes.toByteArray());
  }

  /** The PKCS #12 file with the listener's key. */
  public Path keys() {
    return keys;
  }

  /** The PKCS #12 file with the authorities that sign the certificates of devices. */
  public Path trusted() {
    return trusted;
  }

  /** The password of both files. */
  public String password() {
    return password;
  }

  /** The listener's certificate and those that signed it, its own first. */
  List<X509Certificate> shown() {
    return shown;
  }

  HubAuthority authority() {
    return authority;
  }

  /** Whether an authority of clients signed it, so that the handshake will let it through. */
  boolean trusts(X509Certificate certificate) {
    for (X509Certificate authority : clientAuthorities) {
      try {
        certificate.verify(authority.getPublicKey());
        return true;
      } catch (GeneralSecurityException e) {
        continue;
      }
    }
    return false;
  }
}
