package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Finding;
import io.caravanhub.testkit.connector.Grade;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every mapping of this project over its golden files, and every OEM connector through the kit. */
class GoldenFilesTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));

  @TestFactory
  List<DynamicTest> eachDeviceMappingYieldsWhatIsExpected() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path mapping : GoldenFiles.mappings(ROOT.resolve("mappings"))) {
      List<GoldenCase> cases = GoldenFiles.beside(mapping);
      tests.add(
          dynamicTest(
              mapping.getFileName() + " has a golden file", () -> assertThat(cases).isNotEmpty()));
      for (GoldenCase golden : cases) {
        tests.add(dynamicTest(golden.name(), () -> assertThat(golden.problems()).isEmpty()));
      }
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> eachOemConnectorConforms() {
    return ConnectorFolder.all(ROOT.resolve("connectors")).stream()
        .filter(c -> c.path().getParent().endsWith("oem"))
        .map(
            connector ->
                dynamicTest(
                    connector.name(),
                    () -> {
                      List<Finding> findings = ConnectorKit.examine(connector);
                      assertThat(findings)
                          .filteredOn(f -> f.grade().compareTo(Grade.GOLD) <= 0)
                          .allSatisfy(f -> assertThat(f.problems()).as(f.check()).isEmpty())
                          .extracting(Finding::check)
                          .contains("layout", "kamelets", "samples", "routes", "auth", "again");
                      assertThat(Grade.of(findings)).isGreaterThanOrEqualTo(Grade.GOLD);
                    }))
        .toList();
  }
}
