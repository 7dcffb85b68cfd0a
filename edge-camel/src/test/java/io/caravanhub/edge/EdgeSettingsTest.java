package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
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

  @Test
  void aSyntaxErrorIsToldWithItsLine() throws IOException {
    Path file =
        Files.writeString(folder.resolve("edge.yaml"), "gateway: G\nhub: {url: x\nfoo: [\n");
    assertThatThrownBy(() -> EdgeSettings.read(file, null))
        .hasMessageMatching("(?s).*edge\\.yaml:[2-4]: not YAML: .*");
  }

  @Test
  void aFileThatIsNotThereIsToldApartFromOneOfAnotherUser() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("edge.yaml"),
            "{gateway: G, hub: {url: 'tcp://h:1', tokenFile: gone.token}}");
    assertThatThrownBy(() -> EdgeSettings.read(file, ROOT.resolve("edge-camel")))
        .hasMessageContaining("hub.tokenFile: ")
        .hasMessageContaining("gone.token cannot be read: there is no such file");
    Path denied = Files.createFile(folder.resolve("denied"));
    assertThat(
            FileTrouble.line(
                new UncheckedIOException("x", new AccessDeniedException(denied.toString()))))
        .contains("denied may not be used by", "belongs to");
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
        "{gateway: G, hub: {token: t}}|hub.url: is required, unless https is only",
        "{gateway: G, hub: {https: only, token: t}}|hub.api: is required when https is only",
        "{gateway: G, hub: {url: 'tcp://h:1', https: maybe}}"
            + "|hub.https: expected one of auto, only, never, got \"maybe\"",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t, key: k}}"
            + "|hub.certificate: certificate and key are files that belong together",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, spool: {maxBytes: lots}}"
            + "|spool.maxBytes: expected 2GiB, 500MB or a number of bytes, got \"lots\"",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, spool: {policy: x}}"
            + "|spool.policy: expected one of drop-oldest, thin, refuse, got \"x\"",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, spool: {maxAge: 7d}}"
            + "|spool.maxAge: expected P7D or the like, got \"7d\"",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, spool: {backfillShare: 2}}"
            + "|spool.backfillShare: expected 0 to 0.9, got 2",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, spool: {thinKeep: 2}}"
            + "|spool.thinKeep: expected at least 4, got 2",
        "{gateway: '${NO_SUCH_VARIABLE}'}"
            + "|${NO_SUCH_VARIABLE}: there is no such environment variable",
        "{gateway: G, hub: {url: 'tcp://h:1'}}"
            + "|hub.token: expected a token, or tokenFile, its file",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, fieldbus: [{device: D, protocol: x}]}"
            + "|fieldbus[0].protocol: expected one of modbus-tcp, modbus-rtu-tcp, modbus-rtu,"
            + " opcua, bacnet, got \"x\"",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, fieldbus: [{device: D, protocol:"
            + " modbus-tcp, address: 'h:1', map: m, options: {baud: 9600}}]}"
            + "|fieldbus[0].options.baud: modbus-tcp has no such option",
        "{gateway: G, hub: {url: 'tcp://h:1', token: t}, fieldbus: [{device: D, protocol:"
            + " modbus-rtu, address: /dev/ttyUSB0, map: m, options: {parity: '7'}}]}"
            + "|fieldbus[0].options.parity: expected none, even or odd, got 7",
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
  void keepsItsSpoolBesideTheSettingsAndFillsInTheEnvironment() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("edge.yaml"),
            "{gateway: '${NO_SUCH_VARIABLE:-G-1}', hub: {url: 'tcp://h:1', token: t},"
                + " spool: {maxBytes: 100MiB}}");
    EdgeSettings settings = EdgeSettings.read(file, ROOT.resolve("edge-camel"));
    assertThat(settings.gateway()).isEqualTo("G-1");
    assertThat(settings.spool().file()).isEqualTo(folder.resolve("data/spool.db"));
    assertThat(settings.spool().maxBytes()).isEqualTo(100L << 20);
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
