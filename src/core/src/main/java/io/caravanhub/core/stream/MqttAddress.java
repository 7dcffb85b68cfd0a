package io.caravanhub.core.stream;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.stream.StreamPlan.Publish;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A broker with everything filled in.
 *
 * @param clientId empty for one of the hub's own
 * @param tls null for a connection in the clear
 */
record MqttAddress(
    URI url,
    String version,
    String user,
    String password,
    String clientId,
    @Nullable MqttClientSslConfig tls,
    int qos,
    Duration session,
    List<Publish> publish) {
  static final int LAST_PORT = 65_535;

  int port() {
    return url.getPort() > 0 ? url.getPort() : tls == null ? 1883 : 8883;
  }

  /**
   * The address as the settings of a connection have it.
   *
   * @throws CloudException when it cannot be one
   */
  static MqttAddress of(
      String url,
      String version,
      String user,
      String password,
      String clientId,
      String authority,
      int qos,
      Duration session,
      List<Publish> publish) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw CloudException.wrong("url: is no address");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    if (!scheme.matches("mqtts?|tcp|ssl") || uri.getHost() == null) {
      throw CloudException.wrong("url: expected an address such as mqtt://192.168.1.20:1883");
    }
    if (uri.getPort() > LAST_PORT) {
      throw CloudException.wrong("url: expected a port of 65535 at most");
    }
    if (!version.matches("5|3")) {
      throw CloudException.wrong("version: expected 5 or 3");
    }
    return new MqttAddress(
        uri,
        version,
        user,
        password,
        clientId,
        scheme.matches("mqtts|ssl") ? tls(authority) : null,
        qos,
        session,
        publish);
  }

  private static MqttClientSslConfig tls(String authority) {
    if (authority.isEmpty()) {
      return MqttClientSslConfig.builder().build();
    }
    try {
      // A setting is one line; what PEM has between its dashes is Base64 all the same.
      byte[] encoded =
          Base64.getMimeDecoder().decode(authority.replaceAll("-----[A-Z ]+-----", ""));
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry(
          "authority",
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(encoded)));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      return MqttClientSslConfig.builder().trustManagerFactory(trust).build();
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw CloudException.wrong("authority: expected a certificate in PEM");
    }
  }
}
