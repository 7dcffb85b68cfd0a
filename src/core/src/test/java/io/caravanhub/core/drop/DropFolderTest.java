package io.caravanhub.core.drop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.drop.DropPlan.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropFolderTest {
  @TempDir private Path folder;

  private DropFolder folder(Duration settled, boolean deletes) throws IOException {
    DropFolder drop =
        new DropFolder(
            folder,
            new DropPlan(
                List.of("*.csv"), Format.BY_NAME, (char) 0, (char) 0, List.of(), "", settled),
            deletes);
    drop.prepare();
    return drop;
  }

  private void write(String name) throws IOException {
    Files.writeString(folder.resolve(name), "id\n1\n");
  }

  private static List<String> names(List<Dropped> files) {
    return files.stream().map(Dropped::name).toList();
  }

  @Test
  void filesThatAreBeingWrittenAndHiddenOnesAreLeftAlone() throws IOException {
    for (String name : List.of("a.csv", "b.csv.part", "c.tmp", ".d.csv", "e.txt")) {
      write(name);
    }
    Files.createDirectory(folder.resolve("f.csv"));
    assertThat(names(folder(Duration.ZERO, false).settled())).containsExactly("a.csv");
  }

  @Test
  void aFileThatStillGrowsIsNotTaken() throws IOException {
    DropFolder drop = folder(Duration.ofMillis(1), false);
    write("a.csv");
    assertThat(drop.settled()).isEmpty();
    Files.writeString(folder.resolve("a.csv"), "id\n1\n2\n");
    assertThat(drop.settled()).isEmpty();
    long began = System.nanoTime();
    while (System.nanoTime() - began < 2_000_000) {
      Thread.onSpinWait();
    }
    assertThat(names(drop.settled())).containsExactly("a.csv");
  }

  @Test
  void filesThatWereReadAreKeptUnderNamesOfTheirOwn() throws IOException {
    DropFolder drop = folder(Duration.ZERO, false);
    for (int i = 0; i < 2; i++) {
      write("a.csv");
      drop.done(drop.settled().get(0));
    }
    try (var kept = Files.list(folder.resolve(".done"))) {
      assertThat(kept).hasSize(2);
    }
    assertThat(drop.all()).isEmpty();
  }

  @Test
  void filesThatWereReadAreDeletedWhereThatIsWanted() throws IOException {
    DropFolder drop = folder(Duration.ZERO, true);
    write("a.csv");
    drop.done(drop.settled().get(0));
    assertThat(folder.resolve("a.csv")).doesNotExist();
    assertThat(folder.resolve(".done")).isEmptyDirectory();
  }

  @Test
  void aFileThatHasGrownMeanwhileStays() throws IOException {
    DropFolder drop = folder(Duration.ZERO, false);
    write("a.csv");
    Dropped before = drop.settled().get(0);
    Files.writeString(folder.resolve("a.csv"), "id\n1\n2\n");
    drop.done(before);
    assertThat(folder.resolve("a.csv")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc", "../other", "a/../../b", ".hidden", "a/.git", "a//b", "a\\b"})
  void namesThatLeadElsewhereAreRefused(String name) {
    assertThatThrownBy(() -> new DropRoot(folder).folder("acme", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a relative name");
  }

  @Test
  void aSymbolicLinkThatLeadsOutIsRefused(@TempDir Path outside) throws IOException {
    DropRoot root = new DropRoot(folder);
    assertThat(root.folder("acme", "meters/north")).isDirectory();
    Files.createSymbolicLink(folder.resolve("acme/out"), outside);
    assertThatThrownBy(() -> root.folder("acme", "out"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("symbolic link");
  }
}
