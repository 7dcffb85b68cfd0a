package io.caravanhub.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.Script;
import io.caravanhub.testkit.connector.ConnectionSettings;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.PollTrial;
import io.caravanhub.testkit.connector.PollTrial.Round;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shipped connector that polls, recorded from the cloud that its samples play. */
class ShippedRecordingTest {
  private static final Path CONNECTORS =
      Path.of(System.getProperty("hub.root")).resolve("connectors");

  static List<String> polled() {
    return ConnectorFolder.all(CONNECTORS).stream()
        .filter(ConnectorFolder::polls)
        .map(ConnectorFolder::name)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("polled")
  void whatIsRecordedIsAnsweredAlike(String name, @TempDir Path work) throws IOException {
    Path from = CONNECTORS.resolve("oem").resolve(name);
    Path folder = work.resolve("oem").resolve(name);
    copy(from, folder);
    ConnectorFolder connector = new ConnectorFolder(folder);
    Script script = Script.read(from);
    Round before = PollTrial.of(connector, script).round();
    try (FakeCloud real = new FakeCloud(script, Fault.NONE)) {
      ConnectionSettings settings = new ConnectionSettings(connector);
      script.settings().forEach((n, v) -> settings.put(n, v.replace("$origin", real.origin())));
      script.credentials().forEach(settings::put);
      new PollRecording(connector, settings, real.origin()).record(20, true);
    }
    Round after = PollTrial.of(connector, Script.read(folder)).round();
    assertThat(after.failure()).isNull();
    assertThat(after.parts()).isEqualTo(before.parts());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}
