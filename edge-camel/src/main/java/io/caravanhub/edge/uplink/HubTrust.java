package io.caravanhub.edge.uplink;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys in PEM (RFC 7468); the key is PKCS #8, RSA or EC or Ed25519. */
public final class HubTrust {
  private static final char[] NONE = new char[0];

  private HubTrust() {}

  /**
   * Who may vouch for the hub.
   *
   * @return null for the authorities of the JDK
   * @throws IllegalArgumentException names the setting
   */
  static @Nullable TrustManagerFactory trust(HubSettings settings) {
    Path file = settings.authorities();
    if (file == null) {
      return null;
    }
    try {
      KeyStore store = empty();
      for (Certificate authority : certificates(file)) {
        store.setCertificateEntry("ca-" + store.size(), authority);
      }
      if (store.size() == 0) {
        throw new IllegalArgumentException("hub.authorities: no certificate in " + file);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return trust;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "hub.authorities: expected certificates in PEM: " + e.getMessage(), e);
    }
  }

  /**
   * Who the gateway is.
   *
   * @return null when it has no certificate
   * @throws IllegalArgumentException names the setting
   */
  static @Nullable KeyManagerFactory identity(HubSettings settings) {
    Path file = settings.certificate();
    Path keyFile = settings.key();
    if (file == null || keyFile == null) {
      return null;
    }
    try {
      KeyStore store = empty();
      store.setKeyEntry(
          "gateway", key(keyFile), NONE, certificates(file).toArray(Certificate[]::new));
      KeyManagerFactory identity =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      identity.init(store, NONE);
      return identity;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "hub.certificate, hub.key: cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * The context of HTTPS connections to the hub.
   *
   * @throws IllegalArgumentException names the setting
   */
  public static SSLContext context(HubSettings settings) {
    try {
      TrustManagerFactory trust = trust(settings);
      KeyManagerFactory identity = identity(settings);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          identity == null ? new KeyManager[0] : identity.getKeyManagers(),
          trust == null ? defaults() : trust.getTrustManagers(),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("hub: TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] defaults() throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init((KeyStore) null);
    return trust.getTrustManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file);
    String begin = "-----BEGIN PRIVATE KEY-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf("-----END PRIVATE KEY-----");
    if (from < 0 || to < from) {
      throw new GeneralSecurityException(
          "expected \"" + begin + "\" (PKCS #8, not encrypted) in " + file);
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to).strip());
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        continue;
      }
    }
    throw new GeneralSecurityException("expected an EC, RSA or Ed25519 key in " + file);
  }
}
