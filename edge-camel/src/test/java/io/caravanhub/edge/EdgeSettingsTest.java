package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EdgeSettingsTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root", ".."));

  @TempDir Path folder;

  @Test
  void readsTheExample() throws IOException {
    EdgeSettings settings =
        EdgeSettings.read(
            ROOT.resolve("edge-camel/packaging/edge.yaml"), ROOT.resolve("edge-camel"));
    assertThat(settings.gateway()).isEqualTo("GW-1");
    assertThat(settings.fieldbus()).hasSize(2);
    assertThat(settings.hub().user()).isEqualTo("GW-1");
    assertThat(settings.hub().toString()).doesNotContain("put-the-token-here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|gateway: is required",
        "{gateway: a/b}|gateway: expected letters, digits, dots and dashes, got \"a/b\"",
        "{gateway: G, hbu: 1}|hbu: there is no such setting",
        "{gateway: G, hub: {url: x}}"
            + "|hub.url: expected tcp://host:port or ssl://host:port, got \"x\"",
        "{gateway: G, hub: {url: 'tcp://h:1'}}"
            + "|hub.token: expected a token, or tokenFile, its file",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, fieldbus: [{device: D, protocol: x}]}"
            + "|fieldbus[0].protocol: expected modbus-tcp or opcua, got \"x\"",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, fieldbus: [{device: D, protocol: opcua,"
            + " address: a, map: m, interval: 1s}]}"
            + "|fieldbus[0].interval: expected PT1S or the like, got 1s",
      })
  void namesTheSettingThatIsWrong(String yaml, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("edge.yaml"), yaml);
    assertThatThrownBy(() -> EdgeSettings.read(file, ROOT.resolve("edge-camel")))
        .hasMessage(file + ": " + message);
  }

  @Test
  void aWrongSettingEndsWithTwo() throws IOException {
    Path file = Files.writeString(folder.resolve("edge.yaml"), "gateway:\n");
    CommandLine command = new CommandLine(new EdgeCommand());
    assertThat(command.execute("--config", file.toString())).isEqualTo(2);
    assertThat(command.execute()).isEqualTo(2);
    assertThat(command.execute("--help")).isZero();
  }
}
