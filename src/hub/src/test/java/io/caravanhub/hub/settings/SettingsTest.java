package io.caravanhub.hub.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static Settings load(Map<String, String> environment) {
    return Settings.load(environment, Path.of("no-such-hub.yaml"), TestDatabase.root());
  }

  @Test
  void portsThatAreUnsetDoNotCollide() {
    assertThat(load(Map.of()).has(Setting.HUB_COAP_PORT)).isFalse();
    assertThat(load(Map.of("HUB_COAP_PORT", "5683")).port(Setting.HUB_COAP_PORT)).isEqualTo(5683);
  }

  @Test
  void dtlsWantsAKeyAndNeverShowsIt() {
    for (String psk : new String[] {"", "field", "field:0011", "field:" + "xy".repeat(16)}) {
      assertThatThrownBy(() -> load(Map.of("HUB_COAPS_PORT", "5684", "HUB_COAPS_PSK", psk)))
          .isInstanceOf(SettingException.class)
          .hasMessageStartingWith("HUB_COAPS_PSK: expected identity:key")
          .hasMessageNotContaining("0011");
    }
    assertThat(
            load(Map.of("HUB_COAPS_PORT", "5684", "HUB_COAPS_PSK", "field:" + "a0".repeat(16)))
                .has(Setting.HUB_COAPS_PORT))
        .isTrue();
  }

  @Test
  void aRoleThatIsNoneIsToldWithThoseThatAre() {
    assertThatThrownBy(() -> load(Map.of("HUB_ROLES", "ingest,pipelin")))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "HUB_ROLES: expected some of ingest, pipeline, orchestrate, poll, api, console with commas between, got \"pipelin\" (environment)");
    for (String half : new String[] {"ingest", "poll,api"}) {
      assertThatThrownBy(() -> load(Map.of("HUB_ROLES", half)))
          .hasMessageStartingWith("HUB_ROLES: ingest and poll need pipeline as well");
      assertThat(
              load(Map.of("HUB_ROLES", half, "HUB_KAFKA", "127.0.0.1:9092")).get(Setting.HUB_ROLES))
          .isEqualTo(half);
    }
    assertThat(load(Map.of("HUB_ROLES", "api, console")).has(Setting.HUB_ROLES)).isTrue();
  }

  @Test
  void limitsAreWholeNumbersAboveZero() {
    assertThatThrownBy(() -> load(Map.of("HUB_LIMIT_DEVICE", "0")))
        .hasMessage(
            "HUB_LIMIT_DEVICE: expected a whole number above zero, got \"0\" (environment)");
  }

  @Test
  void thePartOfTheTracesIsANumberFromNoneToAll() {
    for (String good : new String[] {"0", "0.01", "1", "1.0"}) {
      assertThat(load(Map.of("HUB_OTEL_RATIO", good)).get(Setting.HUB_OTEL_RATIO)).isEqualTo(good);
    }
    for (String bad : new String[] {"1.5", "-0.1", "1%", "0,01", "NaN", "1e-2"}) {
      assertThatThrownBy(() -> load(Map.of("HUB_OTEL_RATIO", bad)))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              "HUB_OTEL_RATIO: expected a number from 0 to 1 such as 0.01, got \"%s\" (environment)",
              bad);
    }
    assertThat(load(Map.of()).get(Setting.HUB_OTEL_RATIO)).isEqualTo("1");
  }

  @Test
  void theHubsKeyIsLookedAtUnlessItIsAPlaceToBeFilled() {
    String key = "a".repeat(43) + "=";
    for (String bad : new String[] {"c2hvcnQ=", "no base64", key + "," + "c2hvcnQ="}) {
      assertThatThrownBy(() -> load(Map.of("HUB_SECRET_KEY", bad)))
          .isInstanceOf(SettingException.class)
          .hasMessage(
              "HUB_SECRET_KEY: expected 32 bytes in base64, such as openssl rand -base64 32 gives; several with commas between (environment)");
    }
    for (String good : new String[] {key, key + ", " + key, "{{file:/run/secrets/hub}}"}) {
      assertThat(load(Map.of("HUB_SECRET_KEY", good)).get(Setting.HUB_SECRET_KEY)).isEqualTo(good);
    }
  }

  @Test
  void aSecretMayBeInAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("password"), " of the file \n");
    assertThat(load(Map.of("HUB_DB_PASSWORD_FILE", file.toString())).get(Setting.HUB_DB_PASSWORD))
        .isEqualTo("of the file");

    Path settings =
        Files.writeString(folder.resolve("hub.yaml"), "HUB_MQTT_PASSWORD_FILE: " + file);
    assertThat(
            Settings.load(Map.of(), settings, TestDatabase.root()).get(Setting.HUB_MQTT_PASSWORD))
        .isEqualTo("of the file");
    assertThat(
            Settings.load(Map.of("HUB_MQTT_PASSWORD", "environment"), settings, TestDatabase.root())
                .get(Setting.HUB_MQTT_PASSWORD))
        .as("the environment wins over hub.yaml")
        .isEqualTo("environment");
  }

  @Test
  void aSecretsFileThatCannotBeUsedIsNamed(@TempDir Path folder) throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    assertThatThrownBy(() -> load(Map.of("HUB_DB_PASSWORD_FILE", empty.toString())))
        .isInstanceOf(SettingException.class)
        .hasMessage("HUB_DB_PASSWORD_FILE: " + empty + " is empty (environment)");
    assertThatThrownBy(() -> load(Map.of("HUB_DB_PASSWORD_FILE", "/no/such/file")))
        .hasMessage(
            "HUB_DB_PASSWORD_FILE: no such file, or not readable: \"/no/such/file\" (environment)");
    assertThatThrownBy(
            () -> load(Map.of("HUB_DB_PASSWORD_FILE", "/f", "HUB_DB_PASSWORD", "secret")))
        .hasMessage("HUB_DB_PASSWORD_FILE: leave this or HUB_DB_PASSWORD out (environment)");
  }

  @Test
  void onlySecretsComeFromFiles(@TempDir Path folder) throws IOException {
    Path settings = Files.writeString(folder.resolve("hub.yaml"), "HUB_BIND_FILE: /tmp/bind");
    assertThatThrownBy(() -> Settings.load(Map.of(), settings, TestDatabase.root()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("HUB_BIND_FILE: no such setting");
  }

  @Test
  void aUserOfKafkaGoesWithSaslAndOnePassword() {
    assertThat(load(Map.of()).require(Setting.HUB_KAFKA_SECURITY_PROTOCOL)).isEqualTo("PLAINTEXT");
    refused(Map.of("HUB_KAFKA_SECURITY_PROTOCOL", "TLS"), "HUB_KAFKA_SECURITY_PROTOCOL: expected");
    refused(Map.of("HUB_KAFKA_SASL_MECHANISM", "GSSAPI"), "HUB_KAFKA_SASL_MECHANISM: expected");
    refused(Map.of("HUB_KAFKA_USER", "hub"), "HUB_KAFKA_USER: goes with");
    refused(Map.of("HUB_KAFKA_SECURITY_PROTOCOL", "SASL_SSL"), "HUB_KAFKA_USER: must be set with");
    refused(
        Map.of("HUB_KAFKA_SECURITY_PROTOCOL", "SASL_SSL", "HUB_KAFKA_USER", "hub"),
        "HUB_KAFKA_PASSWORD: must be set with HUB_KAFKA_USER");
    refused(Map.of("HUB_KAFKA_CONSUMERS", "0"), "HUB_KAFKA_CONSUMERS: expected");
    refused(Map.of("HUB_KAFKA_CONSUMERS", "65"), "HUB_KAFKA_CONSUMERS: expected 1 to 64, got 65");
    refused(
        Map.of("HUB_KAFKA_SESSION_MS", "2999"),
        "HUB_KAFKA_SESSION_MS: expected 3000 to 300000, got 2999");
    assertThat(
            load(Map.of(
                    "HUB_KAFKA_SECURITY_PROTOCOL", "SASL_SSL",
                    "HUB_KAFKA_USER", "hub",
                    "HUB_KAFKA_PASSWORD", "secret"))
                .has(Setting.HUB_KAFKA_PASSWORD))
        .isTrue();
  }

  private static void refused(Map<String, String> environment, String message) {
    assertThatThrownBy(() -> load(environment))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith(message);
  }
}
