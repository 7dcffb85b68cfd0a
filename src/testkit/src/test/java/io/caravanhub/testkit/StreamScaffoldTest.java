package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Finding;
import io.caravanhub.testkit.connector.Grade;
import io.caravanhub.testkit.connector.Scaffold;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * New connectors that hold a stream, against the scripted broker, the scripted cloud and a folder.
 */
class StreamScaffoldTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mqtt-cloud", "websocket-cloud", "file-drop"})
  void passesItsOwnTestsFromTheStart(String type) {
    Path acme = folder.resolve("oem/acme");
    Scaffold.write(acme, "acme", type, List.of());

    List<Finding> findings = ConnectorKit.examine(new ConnectorFolder(acme));

    List<String> wrong =
        findings.stream()
            .filter(f -> !f.passed() && f.grade().compareTo(Grade.SILVER) <= 0)
            .flatMap(f -> f.problems().stream().map(p -> f.check() + ": " + p))
            .toList();
    assertThat(wrong).isEmpty();
    assertThat(findings).extracting(Finding::check).contains("stream", "again", "broken");
  }
}
