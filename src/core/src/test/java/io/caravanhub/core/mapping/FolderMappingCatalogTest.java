package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderMappingCatalogTest {
  @TempDir Path folder;
  private final AtomicLong clock = new AtomicLong();
  private FolderMappingCatalog catalog;

  @BeforeEach
  void twoRoots() {
    catalog =
        new FolderMappingCatalog(
            List.of(folder.resolve("mappings"), folder.resolve("oem")), clock::get);
  }

  private void write(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Path draft = Files.writeString(file.resolveSibling("draft"), content);
    Files.move(draft, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private void twoSecondsPass() {
    clock.addAndGet(2_000_000_000L);
  }

  @Test
  void findsDeviceMappingsAndConnectorMappings() throws IOException {
    write("mappings/halden/aerotop.jsonata", "{'a': 1}");
    write("oem/kestrel/telemetry.jsonata", "{'b': 1}");
    assertThat(catalog.find("halden/aerotop")).get().extracting("content").isEqualTo("{'a': 1}");
    assertThat(catalog.find("kestrel/telemetry")).isPresent();
    assertThat(catalog.find("nobody/nothing")).isEmpty();
    assertThat(catalog.names()).containsExactly("halden/aerotop", "kestrel/telemetry");
  }

  @Test
  void givesTheSameSourceWhileNothingChanges() throws IOException {
    write("mappings/a/b.jsonata", "{'a': 1}");
    MappingSource first = catalog.find("a/b").orElseThrow();
    twoSecondsPass();
    assertThat(catalog.find("a/b")).get().isSameAs(first);
  }

  @Test
  void picksUpAChangeWithinTwoSeconds() throws IOException {
    write("mappings/a/b.jsonata", "{'a': 1}");
    MappingSource first = catalog.find("a/b").orElseThrow();
    write("mappings/a/b.jsonata", "{'a': 2}");
    twoSecondsPass();
    MappingSource second = catalog.find("a/b").orElseThrow();
    assertThat(second.content()).isEqualTo("{'a': 2}");
    assertThat(second.version()).isNotEqualTo(first.version());
  }

  @Test
  void keepsTheLastGoodVersionOfAFileThatDoesNotCompileAndReportsIt() throws IOException {
    write("mappings/a/b.jsonata", "{'a': 1}");
    catalog.find("a/b");
    write("mappings/a/b.jsonata", "{'a': ");
    twoSecondsPass();
    assertThat(catalog.find("a/b")).get().extracting("content").isEqualTo("{'a': 1}");
    assertThat(catalog.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.reason()).startsWith("mapping a/b:1:"));
    write("mappings/a/b.jsonata", "{'a': 3}");
    twoSecondsPass();
    assertThat(catalog.find("a/b")).get().extracting("content").isEqualTo("{'a': 3}");
    assertThat(catalog.problems()).isEmpty();
  }

  @Test
  void forgetsADeletedFile() throws IOException {
    write("mappings/a/b.jsonata", "{'a': 1}");
    catalog.find("a/b");
    Files.delete(folder.resolve("mappings/a/b.jsonata"));
    twoSecondsPass();
    assertThat(catalog.find("a/b")).isEmpty();
  }

  @Test
  void staysInItsFolders() throws IOException {
    write("secret.jsonata", "{'a': 1}");
    assertThat(catalog.find("../secret")).isEmpty();
    assertThat(catalog.find("a/../../secret")).isEmpty();
    assertThat(catalog.find("/etc/passwd")).isEmpty();
  }
}
