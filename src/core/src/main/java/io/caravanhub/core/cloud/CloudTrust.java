package io.caravanhub.core.cloud;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom a connection believes to be its cloud: the authorities of the JDK; or one authority of its
 * own; or the one certificate that a local device made for itself.
 *
 * @param fingerprint SHA-256 of that certificate in lower-case hex, or empty. Such a certificate is
 *     known by itself, so neither its names nor its dates count
 * @param authority certificates of an authority in PEM, or empty; the names are checked
 */
record CloudTrust(String fingerprint, String authority) {
  static final CloudTrust JDK = new CloudTrust("", "");

  /** As the settings {@code certificate} and {@code certificate_authority} say. */
  static CloudTrust of(CloudAccess access) {
    String pinned = access.value("certificate");
    String authority = access.value("certificate_authority");
    if (pinned == null && authority == null) {
      return JDK;
    }
    return new CloudTrust(
        pinned == null ? "" : pinned.replaceAll("[:\\s-]", "").toLowerCase(Locale.ROOT),
        authority == null ? "" : authority);
  }

  /**
   * The context for connections.
   *
   * @throws CloudException when a setting cannot be used
   */
  SSLContext context() {
    if (!fingerprint.isEmpty() && !fingerprint.matches("[0-9a-f]{64}")) {
      throw CloudException.wrong(
          "certificate: expected a SHA-256 fingerprint, which is 64 hexadecimal digits");
    }
    try {
      TrustManager[] trusted =
          fingerprint.isEmpty() ? authorities() : new TrustManager[] {new Pinned(fingerprint)};
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted, null);
      return context;
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw CloudException.wrong("certificate_authority: expected certificates in PEM");
    }
  }

  private TrustManager[] authorities() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    // A text field of a page may have taken the line ends away.
    for (String part : authority.split("-----BEGIN CERTIFICATE-----")) {
      String body = part.replaceAll("-----END CERTIFICATE-----|\\s", "");
      if (!body.isEmpty()) {
        Certificate certificate =
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(body)));
        store.setCertificateEntry("authority-" + number++, certificate);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  /** The SHA-256 fingerprint of a certificate, in lower-case hex. */
  static String fingerprint(X509Certificate certificate) throws CertificateException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new CertificateException(e);
    }
  }

  /** Believes one certificate; it is named in the error, so that whoever knows it can enter it. */
  private static final class Pinned extends X509ExtendedTrustManager {
    private final String fingerprint;

    Pinned(String fingerprint) {
      this.fingerprint = fingerprint;
    }

    private void require(X509Certificate[] chain) throws CertificateException {
      String shown = fingerprint(chain[0]);
      if (!shown.equals(fingerprint)) {
        throw new CertificateException("another certificate is shown, its fingerprint is " + shown);
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      require(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException {
      require(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      require(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("no client is served here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
        throws CertificateException {
      throw new CertificateException("no client is served here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("no client is served here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
