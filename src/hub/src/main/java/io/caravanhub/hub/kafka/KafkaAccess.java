package io.caravanhub.hub.kafka;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** How the hub's Kafka is reached. Immutable; says nothing of its passwords. */
@Component
class KafkaAccess {
  private final String brokers;
  private final Map<String, Object> properties = new HashMap<>();

  /** Reads {@code hub.kafka} and what is below it. */
  KafkaAccess(Environment settings) {
    this.brokers = settings.getProperty("hub.kafka", "127.0.0.1:9092");
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
    String protocol = settings.getProperty("hub.kafka.security.protocol", "PLAINTEXT");
    properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
    if (protocol.startsWith("SASL_")) {
      String mechanism = settings.getProperty("hub.kafka.sasl.mechanism", "SCRAM-SHA-512");
      properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
      properties.put(
          SaslConfigs.SASL_JAAS_CONFIG,
          new Password(
              "%s required username=\"%s\" password=\"%s\";"
                  .formatted(
                      mechanism.equals("PLAIN")
                          ? "org.apache.kafka.common.security.plain.PlainLoginModule"
                          : "org.apache.kafka.common.security.scram.ScramLoginModule",
                      escaped(settings.getProperty("hub.kafka.user", "")),
                      escaped(settings.getProperty("hub.kafka.password", "")))));
    }
    if (protocol.endsWith("SSL")) {
      store(
          settings,
          "hub.kafka.truststore",
          SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG,
          SslConfigs.SSL_TRUSTSTORE_PASSWORD_CONFIG);
      store(
          settings,
          "hub.kafka.keystore",
          SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG,
          SslConfigs.SSL_KEYSTORE_TYPE_CONFIG,
          SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG);
    }
  }

  private void store(
      Environment settings, String setting, String location, String type, String password) {
    String file = given(settings, setting);
    if (file == null) {
      return;
    }
    properties.put(location, file);
    properties.put(type, type(file));
    String secret = given(settings, setting + ".password");
    if (secret != null) {
      boolean ofKey =
          type(file).equals("PEM") && location.equals(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
      properties.put(
          // A PEM file has no password, the key in it may have one.
          ofKey ? SslConfigs.SSL_KEY_PASSWORD_CONFIG : password, new Password(secret));
    }
  }

  /** A variable of the environment that is there and empty counts as unset. */
  private static @Nullable String given(Environment settings, String name) {
    String value = settings.getProperty(name);
    return value == null || value.isBlank() ? null : value;
  }

  private static String type(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    return name.endsWith(".jks")
        ? "JKS"
        : name.endsWith(".p12") || name.endsWith(".pfx") ? "PKCS12" : "PEM";
  }

  /** As a JAAS file has it between quotation marks. */
  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  String brokers() {
    return brokers;
  }

  /** Properties that every client of that Kafka has; the caller's own copy. */
  Map<String, Object> properties() {
    return new HashMap<>(properties);
  }
}
