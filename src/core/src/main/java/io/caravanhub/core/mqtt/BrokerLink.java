package io.caravanhub.core.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;

/** Makes the clients of an endpoint. */
final class BrokerLink {
  private BrokerLink() {}

  static Mqtt5ClientBuilder client(MqttInEndpoint endpoint, String clientId)
      throws IOException, GeneralSecurityException {
    URI url = URI.create(endpoint.getBrokerUrl());
    boolean secure = url.getScheme().matches("ssl|mqtts");
    Mqtt5ClientBuilder builder =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(clientId)
            .serverHost(url.getHost())
            .serverPort(url.getPort() > 0 ? url.getPort() : secure ? 8883 : 1883);
    if (secure) {
      builder = builder.sslConfig(tls(endpoint));
    }
    String user = endpoint.getUserName();
    String password = endpoint.getPassword();
    if (user != null && !user.isEmpty()) {
      builder =
          password == null
              ? builder.simpleAuth().username(user).applySimpleAuth()
              : builder
                  .simpleAuth()
                  .username(user)
                  .password(password.getBytes(StandardCharsets.UTF_8))
                  .applySimpleAuth();
    }
    return builder;
  }

  private static MqttClientSslConfig tls(MqttInEndpoint endpoint)
      throws IOException, GeneralSecurityException {
    String authorities = endpoint.getAuthorities();
    if (authorities == null || authorities.isEmpty()) {
      return MqttClientSslConfig.builder().build();
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(Path.of(authorities))) {
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + store.size(), authority);
      }
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    return MqttClientSslConfig.builder().trustManagerFactory(trust).build();
  }
}
