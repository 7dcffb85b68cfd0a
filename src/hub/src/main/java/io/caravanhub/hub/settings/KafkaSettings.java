package io.caravanhub.hub.settings;

import java.util.Map;

/** What the settings of the hub's own Kafka must be together. */
final class KafkaSettings {
  private KafkaSettings() {}

  static void check(Map<Setting, String> values) {
    String protocol = values.getOrDefault(Setting.HUB_KAFKA_SECURITY_PROTOCOL, "");
    if (!protocol.matches("(SASL_)?(PLAINTEXT|SSL)")) {
      throw new SettingException(
          "HUB_KAFKA_SECURITY_PROTOCOL",
          "expected PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, got \"" + protocol + '"');
    }
    String mechanism = values.getOrDefault(Setting.HUB_KAFKA_SASL_MECHANISM, "");
    if (!mechanism.matches("PLAIN|SCRAM-SHA-(256|512)")) {
      throw new SettingException(
          "HUB_KAFKA_SASL_MECHANISM",
          "expected PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, got \"" + mechanism + '"');
    }
    boolean user = values.containsKey(Setting.HUB_KAFKA_USER);
    if (user != protocol.startsWith("SASL_")) {
      throw new SettingException(
          "HUB_KAFKA_USER",
          user
              ? "goes with HUB_KAFKA_SECURITY_PROTOCOL SASL_SSL or SASL_PLAINTEXT"
              : "must be set with " + protocol);
    }
    if (user && !values.containsKey(Setting.HUB_KAFKA_PASSWORD)) {
      throw new SettingException("HUB_KAFKA_PASSWORD", "must be set with HUB_KAFKA_USER");
    }
    amount(values, Setting.HUB_KAFKA_PARTITIONS, 1, 10_000);
    amount(values, Setting.HUB_KAFKA_REPLICATION, 1, Short.MAX_VALUE);
    amount(values, Setting.HUB_KAFKA_RETENTION_HOURS, 1, 876_000);
    amount(values, Setting.HUB_KAFKA_CONSUMERS, 1, 64);
    // Three heartbeats, of which the routes want one a second.
    amount(values, Setting.HUB_KAFKA_SESSION_MS, 3_000, 300_000);
  }

  private static void amount(Map<Setting, String> values, Setting setting, int least, int most) {
    String value = values.get(setting);
    if (value == null) {
      return;
    }
    long number = Long.parseLong(value);
    if (number < least || number > most) {
      throw new SettingException(
          setting.name(), "expected " + least + " to " + most + ", got " + value);
    }
  }
}
