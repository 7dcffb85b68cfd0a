package io.caravanhub.hub.notify;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Believes one authority of a relay's own, given as certificates in PEM. Stateless. */
final class MailTrust {
  private MailTrust() {}

  /**
   * @throws IllegalArgumentException when they cannot be read
   */
  static SSLSocketFactory of(String pem) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      // A text field of a page may have taken the line ends away.
      for (String part : pem.split("-----BEGIN CERTIFICATE-----")) {
        String body = part.replaceAll("-----END CERTIFICATE-----|\\s", "");
        if (!body.isEmpty()) {
          store.setCertificateEntry(
              "authority-" + number++,
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(body))));
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("expected certificates in PEM", e);
    }
  }
}
